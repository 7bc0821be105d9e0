using System.ComponentModel.DataAnnotations;
using CleanJwt.Infrastructure.Keys;
using Microsoft.Extensions.Options;

namespace CleanJwt.Infrastructure.Tokens;

public sealed class JwtOptions
{
    public const string SectionName = "Jwt";

    /// <summary>The service's own public address: the <c>iss</c> of its tokens, and where their readers find its keys.</summary>
    [HttpUrl(ErrorMessage = "the http or https address under which the service is reached, without query or fragment, such as https://auth.example.com")]
    public string? Issuer { get; set; }

    [Required(ErrorMessage = "the name of the API that the tokens are for")]
    public string Audience { get; init; } = "cleanjwt-api";

    /// <summary>The <c>client_id</c> of its tokens (RFC 9068, section 2.2).</summary>
    [Required(ErrorMessage = "the name of the client that the tokens are issued to")]
    public string ClientId { get; init; } = "cleanjwt";

    /// <summary>How long an access token is valid. The upper bound is what revocation counts on.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan AccessTokenLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What new keys are for (RFC 7518, section 3.1). A change makes a new key; tokens under the old one stay good until they expire.</summary>
    [AllowedValues(SigningAlgorithms.ES256, SigningAlgorithms.ES384, SigningAlgorithms.RS256, SigningAlgorithms.PS256)]
    public string SigningAlgorithm { get; init; } = SigningAlgorithms.ES256;

    /// <summary>
    /// The operator's own keys: PEM files, read at the start, of which the first signs and all verify. Then nothing is made or rotated by the
    /// service.
    /// </summary>
    public IReadOnlyList<string> KeyFiles { get; init; } = [];

    /// <summary>How long a key signs before the next one takes over.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan KeyLifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long a key is published before it signs, so that whoever keeps the published ones for a while knows it.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "30.00:00:00")]
    public TimeSpan KeyPublishLead { get; init; } = TimeSpan.FromHours(1);
}

/// <summary>A key must sign for longer than it is published before.</summary>
internal sealed class JwtOptionsRule : IValidateOptions<JwtOptions>
{
    public ValidateOptionsResult Validate(string? name, JwtOptions options) => options.KeyPublishLead < options.KeyLifetime
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"Jwt:KeyPublishLead is '{options.KeyPublishLead}'; allowed: less than Jwt:KeyLifetime, which is '{options.KeyLifetime}'.");
}

/// <summary>An absolute http or https URL without query or fragment (RFC 8414, section 2).</summary>
internal sealed class HttpUrlAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) =>
        value is string text
        && Uri.TryCreate(text, UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
        && url.UserInfo.Length == 0
        && !text.AsSpan().ContainsAny('?', '#', ' ');
}
