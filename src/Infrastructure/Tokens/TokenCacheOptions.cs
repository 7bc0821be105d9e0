using System.ComponentModel.DataAnnotations;

namespace CleanJwt.Infrastructure.Tokens;

public sealed class TokenCacheOptions
{
    public const string SectionName = "TokenCache";

    /// <summary>How many access tokens are remembered, so that their signatures need no second look. About 0.7 KiB each.</summary>
    [Range(100, 1_000_000)]
    public int Size { get; init; } = 20_000;
}
