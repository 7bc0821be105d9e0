using System.ComponentModel.DataAnnotations;

namespace CleanJwt.WebApi.RateLimiting;

/// <summary>
/// The settings <c>RateLimiting:*</c>: the limit of requests that <see cref="ClientRateLimit"/> enforces.
/// </summary>
public sealed class RateLimitingOptions
{
    public const string SectionName = "RateLimiting";

    public bool Enabled { get; init; } = true;

    /// <summary>The number of requests by one client in a minute, on all limited endpoints together.</summary>
    [Range(1, 1_000_000)]
    public int PermitsPerMinute { get; init; } = 60;

    /// <summary>The length of the window. Only tests change it: the library has a clock that they can't move.</summary>
    internal TimeSpan Window { get; set; } = TimeSpan.FromMinutes(1);
}
