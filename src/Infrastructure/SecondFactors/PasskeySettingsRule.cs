using CleanJwt.Application.Passkeys;
using CleanJwt.Infrastructure.Tokens;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CleanJwt.Infrastructure.SecondFactors;

/// <summary>Checks the domain and the origins of passkeys. Browsers would refuse others.</summary>
internal sealed class PasskeySettingsRule(IConfiguration configuration, IHostEnvironment environment)
    : IValidateOptions<PasskeySettings>
{
    public ValidateOptionsResult Validate(string? name, PasskeySettings options)
    {
        var failures = new List<string>();

        // Not from the settings of tokens: those may be wrong too, and each mistake gets its line.
        var address = configuration[$"{JwtOptions.SectionName}:Issuer"]
            ?? (environment.IsDevelopment() ? JwtOptions.IssuerOfDevelopment : null);
        var hasIssuer = Uri.TryCreate(address, UriKind.Absolute, out var issuer);
        var host = hasIssuer ? WebOrigin.HostOf(issuer!) : null;
        if (host is not null && options.RelyingPartyId is { } domain && !IsWithin(host, domain))
        {
            failures.Add(
                $"Passkeys:RelyingPartyId is '{domain}'; allowed: the host of Jwt:Issuer, {host}, or a domain above "
                + "it, in lower case.");
        }

        for (var i = 0; i < options.Origins.Count; i++)
        {
            if (!IsOrigin(options.Origins[i], options.RelyingPartyId ?? host))
            {
                failures.Add(
                    $"Passkeys:Origins:{i} is '{options.Origins[i]}'; allowed: an origin without a path, whose host is "
                    + "Passkeys:RelyingPartyId or a name under it, such as https://app.example.com.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static bool IsOrigin(string value, string? domain) =>
        WebOrigin.Of(value) == value && (domain is null || IsWithin(WebOrigin.HostOf(new Uri(value)), domain));

    // A name without a dot is a machine or a top-level domain. Nothing stands under it.
    private static bool IsWithin(string host, string domain) =>
        host == domain
        || (domain.Contains('.', StringComparison.Ordinal) && host.EndsWith($".{domain}", StringComparison.Ordinal));
}
