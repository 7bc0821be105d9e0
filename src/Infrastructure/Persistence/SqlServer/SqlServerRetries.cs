using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace CleanJwt.Infrastructure.Persistence.SqlServer;

/// <summary>Decides after which failures work on SQL Server runs again.</summary>
/// <remarks>
/// One exception can report several errors, and the first is the cause of the others. EF Core's own strategy repeats
/// work if any of them is transient.
/// </remarks>
internal sealed class SqlServerRetries(ExecutionStrategyDependencies dependencies) : SqlServerRetryingExecutionStrategy(
    dependencies, MaxRetries, MaxRetryDelay, [DatabaseErrors.SqlServerConstraint])
{
    public const int MaxRetries = 2;

    private static readonly new TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(1);

    protected override bool ShouldRetryOn(Exception exception) =>
        !DatabaseErrors.IsFinal(exception) && base.ShouldRetryOn(exception);
}
