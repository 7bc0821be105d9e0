using System.ComponentModel.DataAnnotations;

namespace CleanJwt.Infrastructure.Audit;

public sealed class AuditOptions
{
    public const string SectionName = "Audit";

    /// <summary>How long what happened is remembered.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(180);
}
