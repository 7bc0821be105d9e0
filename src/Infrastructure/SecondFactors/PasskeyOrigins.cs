using CleanJwt.Application.Passkeys;
using CleanJwt.Application.Ports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace CleanJwt.Infrastructure.SecondFactors;

/// <summary>Decides which pages may use passkeys. An authenticator signs the origin of the page.</summary>
internal sealed class PasskeyOrigins(
    PasskeySettings settings, IIssuerMetadata issuer, IConfiguration configuration, IHostEnvironment environment)
{
    private readonly IReadOnlyList<string> _named = settings.Origins;
    private readonly string[] _cors = configuration.GetSection("Cors:AllowedOrigins").Get<string[]>() ?? [];
    private readonly string _issuer = new Uri(issuer.Issuer).GetLeftPart(UriPartial.Authority);

    public bool Allow(string origin) => _named.Count > 0
        ? _named.Contains(origin)
        : origin == _issuer || _cors.Contains(origin)
            || (_cors.Length == 0 && environment.IsDevelopment() && IsOnThisMachine(origin));

    private static bool IsOnThisMachine(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
        && uri.Host is "localhost" or "127.0.0.1" or "[::1]";
}
