using System.ComponentModel.DataAnnotations;

namespace CleanJwt.Application.Sessions;

/// <summary>How long sessions live.</summary>
public sealed class SessionOptions
{
    public const string SectionName = "Sessions";

    /// <summary>Without a refresh for this long, a session is over.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan IdleLifetime { get; init; } = TimeSpan.FromDays(14);

    /// <summary>However often it is refreshed, a session is over this long after its sign-in.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan AbsoluteLifetime { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How long a spent refresh token still gets tokens of the current generation; zero turns that off.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan RefreshReuseGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>When a session that began at <paramref name="createdAt"/> ends, unless it is refreshed after <paramref name="now"/>.</summary>
    public DateTimeOffset ExpiryOf(DateTimeOffset createdAt, DateTimeOffset now)
    {
        var idle = now + IdleLifetime;
        var absolute = createdAt + AbsoluteLifetime;
        return idle < absolute ? idle : absolute;
    }
}
