using CleanJwt.Domain.Results;

namespace CleanJwt.Domain.Sessions;

/// <summary>The reasons why a bearer token is refused (RFC 6750, section 3.1).</summary>
public static class AccessTokenErrors
{
    public static readonly Error MissingToken = new(
        "missing-token", ErrorKind.Unauthenticated, "A token is needed",
        "Send an access token in the header 'Authorization: Bearer'.");

    public static readonly Error InvalidToken = new(
        "invalid-token", ErrorKind.Unauthenticated, "The token is not valid",
        "This is not an access token of this service.");

    public static readonly Error TokenExpired = new(
        "token-expired", ErrorKind.Unauthenticated, "The token has expired",
        "Exchange the refresh token for a new access token.");

    public static readonly Error TokenRevoked = new(
        "token-revoked", ErrorKind.Unauthenticated, "The token has been revoked",
        "The session of this token is over. Sign in again.");

    /// <remarks>
    /// The token may be valid. This node cannot know, because it has not read revocations for too long.
    /// </remarks>
    public static readonly Error RevocationUnavailable = new(
        "revocation-unavailable", ErrorKind.Unavailable, "Revocations are not known right now",
        "The service cannot tell whether this token has been revoked, so it accepts no token. Try again.")
    {
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    /// <remarks>The token is valid, but the request needs a more recent authentication (RFC 9470).</remarks>
    public static readonly Error ReauthenticationRequired = new(
        "reauthentication-required", ErrorKind.Unauthenticated, "A recent sign-in is needed",
        "This cannot be undone. Prove the password again at '/api/auth/reauthenticate', and repeat the request "
        + "with the new access token.");

    public static readonly Error InsufficientScope = new(
        "insufficient-scope", ErrorKind.Forbidden, "The token does not allow this",
        "The request needs a scope that this token lacks.");
}
