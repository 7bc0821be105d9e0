using CleanJwt.Application.Passkeys;
using CleanJwt.Infrastructure.Tokens;
using Microsoft.Extensions.Options;

namespace CleanJwt.Infrastructure.SecondFactors;

/// <summary>Checks the domain and the origins of passkeys. Browsers would refuse others.</summary>
internal sealed class PasskeySettingsRule(JwtOptions jwt) : IValidateOptions<PasskeySettings>
{
    public ValidateOptionsResult Validate(string? name, PasskeySettings options)
    {
        var failures = new List<string>();
        if (Uri.TryCreate(jwt.Issuer, UriKind.Absolute, out var issuer)
            && options.RelyingPartyId is { } domain
            && domain != issuer.Host
            && !(domain.Contains('.', StringComparison.Ordinal)
                && issuer.Host.EndsWith($".{domain}", StringComparison.Ordinal)))
        {
            failures.Add(
                $"Passkeys:RelyingPartyId is '{domain}'; allowed: the host of Jwt:Issuer, {issuer.Host}, or a domain "
                + "above it, in lower case.");
        }

        for (var i = 0; i < options.Origins.Count; i++)
        {
            if (!IsOrigin(options.Origins[i]))
            {
                failures.Add(
                    $"Passkeys:Origins:{i} is '{options.Origins[i]}'; allowed: an origin without a path, "
                    + "such as https://app.example.com.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static bool IsOrigin(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
        && uri.GetLeftPart(UriPartial.Authority) == value;
}
