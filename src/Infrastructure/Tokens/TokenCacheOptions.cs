using System.ComponentModel.DataAnnotations;

namespace CleanJwt.Infrastructure.Tokens;

/// <summary>The settings of the cache of verified access tokens.</summary>
public sealed class TokenCacheOptions
{
    public const string SectionName = "TokenCache";

    /// <summary>The maximum number of cached access tokens. Each takes about 0.7 KiB of memory.</summary>
    [Range(100, 1_000_000)]
    public int Size { get; init; } = 20_000;
}
