using System.ComponentModel.DataAnnotations;

namespace CleanJwt.WebApi.RateLimiting;

/// <summary>How much one client may ask of the endpoints that <see cref="ClientRateLimit"/> guards.</summary>
public sealed class RateLimitingOptions
{
    public const string SectionName = "RateLimiting";

    public bool Enabled { get; init; } = true;

    [Range(1, 1_000_000)]
    public int PermitsPerMinute { get; init; } = 60;

    /// <summary>The minute. Not a setting: tests can't wait that long, and the library's clock is its own.</summary>
    internal TimeSpan Window { get; set; } = TimeSpan.FromMinutes(1);
}
