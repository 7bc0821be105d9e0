using System.ComponentModel.DataAnnotations;

namespace CleanJwt.WebApi.RateLimiting;

/// <summary>
/// The settings <c>RateLimiting:*</c>: the limits of requests that <see cref="ClientRateLimit"/> enforces.
/// </summary>
public sealed class RateLimitingOptions
{
    public const string SectionName = "RateLimiting";

    public bool Enabled { get; init; } = true;

    /// <summary>
    /// The number of requests by one client in a minute, on all limited endpoints together but those of
    /// <see cref="RefreshesPerMinute"/>.
    /// </summary>
    [Range(1, 1_000_000)]
    public int PermitsPerMinute { get; init; } = 60;

    /// <summary>
    /// The number of refreshes, sign-outs and reads of a token by one client in a minute, together. Every page load
    /// refreshes, and a whole office can have one address.
    /// </summary>
    [Range(1, 1_000_000)]
    public int RefreshesPerMinute { get; init; } = 600;

    /// <summary>The length of the window. Only tests change it: the library has a clock that they can't move.</summary>
    internal TimeSpan Window { get; set; } = TimeSpan.FromMinutes(1);
}
