using CleanJwt.Application.Passkeys;
using CleanJwt.Application.Ports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace CleanJwt.Infrastructure.SecondFactors;

/// <summary>Decides which pages may use passkeys. An authenticator signs the origin of the page.</summary>
internal sealed class PasskeyOrigins(
    PasskeySettings settings, IIssuerMetadata issuer, IConfiguration configuration, IHostEnvironment environment)
{
    private readonly string?[] _named = [.. settings.Origins.Select(WebOrigin.Of)];

    private readonly string?[] _cors =
        [.. (configuration.GetSection("Cors:AllowedOrigins").Get<string[]>() ?? []).Select(WebOrigin.Of)];

    private readonly string _issuer = WebOrigin.Of(new Uri(issuer.Issuer));

    public bool Allow(string origin) => _named.Length > 0
        ? _named.Contains(origin)
        : origin == _issuer || _cors.Contains(origin)
            || (_cors.Length == 0 && environment.IsDevelopment() && IsOnThisMachine(origin));

    private static bool IsOnThisMachine(string origin) =>
        WebOrigin.Of(origin) == origin && new Uri(origin).Host is "localhost" or "127.0.0.1" or "[::1]";
}
