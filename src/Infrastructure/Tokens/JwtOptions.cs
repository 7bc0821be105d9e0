using System.ComponentModel.DataAnnotations;
using CleanJwt.Infrastructure.Keys;
using Microsoft.Extensions.Options;

namespace CleanJwt.Infrastructure.Tokens;

/// <summary>The settings of access tokens and signing keys.</summary>
public sealed class JwtOptions
{
    public const string SectionName = "Jwt";

    /// <summary>The issuer in Development, unless it is set.</summary>
    public const string IssuerOfDevelopment = "http://localhost:5080";

    /// <summary>
    /// The service's public address. It is the <c>iss</c> of the tokens, and readers of tokens find the public keys
    /// under it.
    /// </summary>
    [HttpUrl(ErrorMessage =
        "the http or https address under which the service is reached, without query or fragment, "
        + "such as https://auth.example.com")]
    public string? Issuer { get; set; }

    /// <summary>The <c>aud</c> of the tokens.</summary>
    [Required(ErrorMessage = "the name of the API that the tokens are for")]
    public string Audience { get; init; } = "cleanjwt-api";

    /// <summary>The <c>client_id</c> of the tokens (RFC 9068, section 2.2).</summary>
    [Required(ErrorMessage = "the name of the client that the tokens are issued to")]
    public string ClientId { get; init; } = "cleanjwt";

    /// <summary>
    /// The lifetime of an access token. It never exceeds the end of the session. Revocations are kept for the longest
    /// lifetime allowed.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan AccessTokenLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The algorithm of new keys (RFC 7518, section 3.1). A change creates a new key. Tokens of the old key are valid
    /// until they expire.
    /// </summary>
    [AllowedValues(SigningAlgorithms.ES256, SigningAlgorithms.ES384, SigningAlgorithms.RS256, SigningAlgorithms.PS256)]
    public string SigningAlgorithm { get; init; } = SigningAlgorithms.ES256;

    /// <summary>
    /// The operator's signing keys: PEM files that the service reads at the start. The first one signs, and all of them
    /// verify. With such files the service creates and rotates no signing keys.
    /// </summary>
    public IReadOnlyList<string> KeyFiles { get; init; } = [];

    /// <summary>The time for which a key signs before the next one replaces it.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan KeyLifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>
    /// The time for which a key is published before it signs. A service that caches the public keys must refresh them
    /// within it.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:10", "30.00:00:00")]
    public TimeSpan KeyPublishLead { get; init; } = TimeSpan.FromHours(1);
}

/// <summary>Requires that a key signs for longer than it is published before.</summary>
internal sealed class JwtOptionsRule : IValidateOptions<JwtOptions>
{
    public ValidateOptionsResult Validate(string? name, JwtOptions options) =>
        options.KeyPublishLead < options.KeyLifetime
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"Jwt:KeyPublishLead is '{options.KeyPublishLead}'; allowed: less than Jwt:KeyLifetime, "
                + $"which is '{options.KeyLifetime}'.");
}

/// <summary>
/// Requires an absolute http or https URL without query, fragment or user name (RFC 8414, section 2).
/// </summary>
internal sealed class HttpUrlAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) =>
        value is string text
        && Uri.TryCreate(text, UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
        && url.UserInfo.Length == 0
        && !text.AsSpan().ContainsAny('?', '#', ' ');
}
