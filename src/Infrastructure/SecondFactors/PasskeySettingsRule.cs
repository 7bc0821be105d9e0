using CleanJwt.Application.Passkeys;
using CleanJwt.Infrastructure.Tokens;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace CleanJwt.Infrastructure.SecondFactors;

/// <summary>Checks the domain and the origins of passkeys. Browsers would refuse others.</summary>
internal sealed class PasskeySettingsRule(IConfiguration configuration) : IValidateOptions<PasskeySettings>
{
    public ValidateOptionsResult Validate(string? name, PasskeySettings options)
    {
        var failures = new List<string>();

        // Not from the settings of tokens: those may be wrong too, and each mistake gets its line.
        var hasIssuer = Uri.TryCreate(
            configuration[$"{JwtOptions.SectionName}:Issuer"], UriKind.Absolute, out var issuer);
        if (hasIssuer && options.RelyingPartyId is { } domain && !IsWithin(issuer!.Host, domain))
        {
            failures.Add(
                $"Passkeys:RelyingPartyId is '{domain}'; allowed: the host of Jwt:Issuer, {issuer.Host}, or a domain "
                + "above it, in lower case.");
        }

        for (var i = 0; i < options.Origins.Count; i++)
        {
            if (!IsOrigin(options.Origins[i], options.RelyingPartyId ?? issuer?.Host))
            {
                failures.Add(
                    $"Passkeys:Origins:{i} is '{options.Origins[i]}'; allowed: an origin without a path, whose host is "
                    + "Passkeys:RelyingPartyId or a name under it, such as https://app.example.com.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static bool IsOrigin(string value, string? domain) =>
        Uri.TryCreate(value, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
        && uri.GetLeftPart(UriPartial.Authority) == value
        && (domain is null || IsWithin(uri.Host, domain));

    // A name without a dot is a machine or a top-level domain. Nothing stands under it.
    private static bool IsWithin(string host, string domain) =>
        host == domain
        || (domain.Contains('.', StringComparison.Ordinal) && host.EndsWith($".{domain}", StringComparison.Ordinal));
}
