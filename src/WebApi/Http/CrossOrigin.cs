using System.Buffers;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;

namespace CleanJwt.WebApi.Http;

/// <summary>The settings <c>Cors:*</c>: the origins whose frontends may read answers in a browser.</summary>
public sealed class CrossOrigin
{
    public const string SectionName = "Cors";

    // The last three carry the traces of W3C Trace Context and W3C Baggage. Browsers' tracing libraries send them.
    private static readonly string[] RequestHeaders =
        ["Authorization", "Content-Type", "If-Match", "If-None-Match", "traceparent", "tracestate", "baggage"];

    private static readonly SearchValues<char> HeaderNameCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly TimeSpan PreflightMaxAge = TimeSpan.FromHours(2); // browsers keep no preflight longer

    /// <summary>
    /// Origins as a browser sends them: <c>https://app.example.com</c>, <c>http://localhost:3000</c>. If there are
    /// none, no origin is allowed; in Development, every port of this machine is.
    /// </summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>
    /// Names of further request headers that frontends may send, such as <c>sentry-trace</c>. The headers that the API
    /// reads and those of W3C Trace Context are always allowed.
    /// </summary>
    public IReadOnlyList<string> AllowedHeaders { get; init; } = [];

    internal bool AllowsAny(IHostEnvironment environment) => AllowedOrigins.Count > 0 || environment.IsDevelopment();

    /// <summary>Whether every origin of this machine is allowed, as in Development without a list.</summary>
    internal bool AllowsThisMachine(IHostEnvironment environment) =>
        AllowedOrigins.Count == 0 && environment.IsDevelopment();

    // Credentials: a frontend on another origin of the site sends the cookie of the refresh token. Access tokens never
    // travel in a cookie, so credentials alone reach no other route.
    internal void Apply(CorsPolicyBuilder policy, IHostEnvironment environment)
    {
        policy
            .WithMethods("GET", "POST", "PUT", "PATCH", "DELETE")
            .WithHeaders([.. RequestHeaders, .. AllowedHeaders])
            .WithExposedHeaders("ETag", "Location", "Retry-After", "WWW-Authenticate")
            .AllowCredentials()
            .SetPreflightMaxAge(PreflightMaxAge);
        if (AllowsThisMachine(environment))
        {
            policy.SetIsOriginAllowed(IsOnThisMachine);
        }
        else
        {
            policy.WithOrigins([.. AllowedOrigins]);
        }
    }

    /// <returns>
    /// Whether a browser could send the value as an origin: no path, not even a slash, and no port that is the default
    /// of the scheme.
    /// </returns>
    internal static bool IsOrigin(string value) =>
        TryParse(value) is { UserInfo: "" } uri
        && Uri.CheckHostName(uri.DnsSafeHost) != UriHostNameType.Unknown
        && string.Equals(uri.GetLeftPart(UriPartial.Authority), value, StringComparison.OrdinalIgnoreCase);

    /// <returns>Whether the value is a token (RFC 9110, section 5.6.2). A lone <c>*</c> is not accepted.</returns>
    internal static bool IsHeaderName(string value) =>
        value is not ("" or "*") && value.AsSpan().IndexOfAnyExcept(HeaderNameCharacters) < 0;

    /// <returns>Whether the host of an http or https address is this machine.</returns>
    internal static bool IsOnThisMachine(string address) =>
        TryParse(address)?.Host is "localhost" or "127.0.0.1" or "[::1]";

    /// <returns>The address. Null when it is neither http nor https.</returns>
    internal static Uri? TryParse(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : null;
}

internal sealed class CrossOriginRule : IValidateOptions<CrossOrigin>
{
    public ValidateOptionsResult Validate(string? name, CrossOrigin options)
    {
        var failures = new List<string>();
        for (var i = 0; i < options.AllowedOrigins.Count; i++)
        {
            if (!CrossOrigin.IsOrigin(options.AllowedOrigins[i]))
            {
                failures.Add(
                    $"Cors:AllowedOrigins:{i} is '{options.AllowedOrigins[i]}'; allowed: an origin without a path, "
                    + "such as https://app.example.com or http://localhost:3000.");
            }
        }

        for (var i = 0; i < options.AllowedHeaders.Count; i++)
        {
            if (!CrossOrigin.IsHeaderName(options.AllowedHeaders[i]))
            {
                failures.Add(
                    $"Cors:AllowedHeaders:{i} is '{options.AllowedHeaders[i]}'; allowed: the name of a request header, "
                    + "such as sentry-trace.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
