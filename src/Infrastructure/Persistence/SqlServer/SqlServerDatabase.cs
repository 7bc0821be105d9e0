using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Persistence.SqlServer;

/// <summary>
/// Work that meets a failure which may pass (a deadlock, a lost connection, a row that went meanwhile) is tried again from its beginning, as EF Core's retrying strategy
/// does it. All tries together have a limit, and whoever waits is told in time, whatever the network does.
/// </summary>
internal sealed class SqlServerDatabase(IDbContextFactory<AppDbContext> contexts) : IDatabase
{
    public const int MaxRetries = 2;

    public static readonly TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>A request is answered within 10 s, and has more to do than to wait for the database.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(8);

    public Task<T> ReadAsync<T>(Func<AppDbContext, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        RunAsync(work, cancellationToken);

    public Task<T> WriteAsync<T>(Func<AppDbContext, CancellationToken, Task<T>> work, CancellationToken cancellationToken) => RunAsync(
        async (db, abandoned) =>
        {
            db.Database.AutoSavepointsEnabled = false;
            await using var transaction = await db.Database.BeginTransactionAsync(abandoned);
            var result = await work(db, abandoned);
            abandoned.ThrowIfCancellationRequested();
            try
            {
                await transaction.CommitAsync(abandoned);
            }
            catch (Exception exception) when (DatabaseErrors.IsOutage(exception))
            {
                // It may have been committed. Trying again could do it twice, or find what it did itself in its way.
                throw new DatabaseUnavailableException("The database did not confirm what was written.", exception);
            }

            return result;
        },
        cancellationToken);

    public Task<T> WriteOneAsync<T>(Func<AppDbContext, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        RunAsync(work, cancellationToken);

    private async Task<T> RunAsync<T>(Func<AppDbContext, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var abandonment = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var abandoned = abandonment.Token; // the work may outlive its source
        try
        {
            return await TryAsync(work, abandoned).WaitAsync(Limit, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await abandonment.CancelAsync();
            throw;
        }
        catch (TimeoutException)
        {
            await abandonment.CancelAsync();
            throw new DatabaseUnavailableException($"The database did not answer within {Limit}.");
        }
        catch (InvalidOperationException exception) when (exception.Source == "Microsoft.Data.SqlClient")
        {
            throw new DatabaseUnavailableException("No connection of the pool was free in time.", exception); // SqlClient has no type for it
        }
    }

    private async Task<T> TryAsync<T>(Func<AppDbContext, CancellationToken, Task<T>> work, CancellationToken abandoned)
    {
        await using var first = contexts.CreateDbContext();
        return await first.Database.CreateExecutionStrategy().ExecuteAsync(
            async cancellationToken =>
            {
                await using var db = contexts.CreateDbContext(); // one for each try: none sees what another has left behind
                return await work(db, cancellationToken);
            },
            abandoned);
    }
}
