using System.Net;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using CleanJwt.Application.Clients;
using CleanJwt.WebApi.Errors;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace CleanJwt.WebApi.Authentication;

/// <summary>
/// Authenticates other services by HTTP Basic, with the id and the secret form-urlencoded (RFC 6749, section 2.3.1).
/// </summary>
internal sealed class BasicClientHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    ClientsOptions clients)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "Basic";

    private const string Prefix = "Basic ";

    // Throws on bytes that are not UTF-8. Replacing them could turn other bytes into a known id or secret.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Read() is not var (id, secret))
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        return Task.FromResult(clients.Knows(id, secret)
            ? AuthenticateResult.Success(new AuthenticationTicket(
                new ClaimsPrincipal(new ClaimsIdentity([new Claim("client_id", id)], SchemeName)), SchemeName))
            : AuthenticateResult.Fail("The client is unknown or its secret is wrong."));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        ProblemWriter.WriteAsync(Context, ApiErrors.InvalidClient);

    private (string Id, string Secret)? Read()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || Request.Headers.Authorization.Count > 1)
        {
            return null;
        }

        try
        {
            var pair = Utf8.GetString(Convert.FromBase64String(header[Prefix.Length..].Trim()));
            return pair.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon
                ? (WebUtility.UrlDecode(pair[..colon]), WebUtility.UrlDecode(pair[(colon + 1)..]))
                : null;
        }
        catch (Exception exception) when (exception is FormatException or DecoderFallbackException)
        {
            return null;
        }
    }
}
