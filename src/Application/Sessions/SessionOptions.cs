using System.ComponentModel.DataAnnotations;

namespace CleanJwt.Application.Sessions;

/// <summary>The lifetimes of sessions.</summary>
public sealed class SessionOptions
{
    public const string SectionName = "Sessions";

    /// <summary>A session ends when it has not been refreshed for this long.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan IdleLifetime { get; init; } = TimeSpan.FromDays(14);

    /// <summary>A session ends this long after its sign-in, however often it is refreshed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan AbsoluteLifetime { get; init; } = TimeSpan.FromDays(90);

    /// <summary>
    /// How long a spent refresh token still gets tokens of the current generation. Zero turns that off.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan RefreshReuseGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The end of a session that began at <paramref name="createdAt"/> and was refreshed at <paramref name="now"/>.
    /// </summary>
    public DateTimeOffset ExpiryOf(DateTimeOffset createdAt, DateTimeOffset now)
    {
        var idle = now + IdleLifetime;
        var absolute = createdAt + AbsoluteLifetime;
        return idle < absolute ? idle : absolute;
    }
}
