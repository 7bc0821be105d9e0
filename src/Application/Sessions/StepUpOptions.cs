using System.ComponentModel.DataAnnotations;
using CleanJwt.Domain.Sessions;

namespace CleanJwt.Application.Sessions;

/// <summary>Defines a recent sign-in (RFC 9470).</summary>
public sealed class StepUpOptions
{
    public const string SectionName = "StepUp";

    /// <summary>
    /// How long after an authentication a client may make requests that cannot be undone. Clients see it in whole
    /// seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <returns>False also for a time in the future, which shows that a clock was set back.</returns>
    public bool IsRecent(DateTimeOffset authTime, DateTimeOffset now) =>
        now - authTime <= MaxAge && !ClockSkew.IsFuture(authTime, now);
}
