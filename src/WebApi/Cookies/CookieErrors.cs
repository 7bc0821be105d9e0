using CleanJwt.Domain.Results;

namespace CleanJwt.WebApi.Cookies;

internal static class CookieErrors
{
    public static readonly Error CrossOriginRequest = new(
        "cross-origin-request", ErrorKind.Forbidden, "The request comes from another origin",
        "A cookie counts only in requests from the origin of this service and from those of 'Cors:AllowedOrigins'.");

    public static readonly Error TransportUnavailable = new(
        "transport-unavailable", ErrorKind.Validation, "The transport is not available",
        "A cookie needs https. Set 'Jwt:Issuer' to the https address of the service, or use transport=body.");

    // A browser sends two cookies of one name when another host of the site has set the second one.
    public static readonly Error TwoCookies = new(
        "malformed-request", ErrorKind.Validation, "The request is malformed",
        "The request has two cookies with the name of the refresh token's cookie.");
}
