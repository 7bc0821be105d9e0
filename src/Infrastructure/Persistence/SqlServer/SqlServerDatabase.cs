using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Persistence.SqlServer;

/// <summary>
/// Runs work on SQL Server. EF Core's execution strategy repeats work after a transient failure: a deadlock, a lost
/// connection, or a row that another transaction has deleted. All attempts together have a time limit, and the caller
/// gets an error by then whatever the network does.
/// </summary>
internal sealed class SqlServerDatabase(IDbContextFactory<AppDbContext> contexts, EntityModel model) : IDatabase
{
    // A request is answered within 10 s, and the database is not its only work.
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan MaxEnd = TimeSpan.FromSeconds(1);

    public Task<T> ReadAsync<T>(
        Func<DatabaseConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        RunAsync(work, cancellationToken);

    public Task<T> WriteAsync<T>(
        Func<DatabaseConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken) => RunAsync(
        async (db, abandoned) =>
        {
            var database = db.Context.Database;
            database.AutoSavepointsEnabled = false;
            await using var transaction = await database.BeginTransactionAsync(abandoned);
            var result = await work(db, abandoned);
            abandoned.ThrowIfCancellationRequested();
            try
            {
                await transaction.CommitAsync(CancellationToken.None); // a cancelled commit may have been done
            }
            catch (Exception exception) when (DatabaseErrors.IsOutage(exception))
            {
                // The transaction may have been committed. A retry could write twice, or fail on its own earlier
                // change.
                throw new DatabaseUnavailableException("The database did not confirm the commit.", exception);
            }

            return result;
        },
        cancellationToken);

    public Task<T> WriteOneAsync<T>(
        Func<DatabaseConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        RunAsync(work, cancellationToken);

    private async Task<T> RunAsync<T>(
        Func<DatabaseConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        await model.BuildAsync(); // outside the time limit
        using var abandonment = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var abandoned = abandonment.Token; // the work may outlive its source
        var running = RetryAsync(work, abandoned);
        try
        {
            return await running.WaitAsync(TimeLimit, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await abandonment.CancelAsync();
            throw;
        }
        catch (TimeoutException)
        {
            await abandonment.CancelAsync();
            return await EndAsync(running);
        }
        catch (InvalidOperationException exception) when (exception.Source == "Microsoft.Data.SqlClient")
        {
            // SqlClient has no exception type for this.
            throw new DatabaseUnavailableException("No connection of the pool was free in time.", exception);
        }
    }

    /// <summary>Waits for the outcome of abandoned work, which may be committing.</summary>
    private static async Task<T> EndAsync<T>(Task<T> abandoned)
    {
        try
        {
            return await abandoned.WaitAsync(MaxEnd);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            throw new DatabaseUnavailableException($"The database did not answer within {TimeLimit}.");
        }
    }

    private async Task<T> RetryAsync<T>(
        Func<DatabaseConnection, CancellationToken, Task<T>> work, CancellationToken abandoned)
    {
        await using var outer = contexts.CreateDbContext();
        return await outer.Database.CreateExecutionStrategy().ExecuteAsync(
            async cancellationToken =>
            {
                await using var context = contexts.CreateDbContext(
                    ); // a new one for each attempt, without the entities of the last
                return await work(new ContextConnection(context), cancellationToken);
            },
            abandoned);
    }
}
