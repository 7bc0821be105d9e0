using System.ComponentModel.DataAnnotations;

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

    [AllowedValues("ES256")]
    public string SigningAlgorithm { get; init; } = "ES256";
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
