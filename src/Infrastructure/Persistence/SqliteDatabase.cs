using CleanJwt.Infrastructure.Threads;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Persistence;

/// <summary>
/// SQLite blocks the thread that asks it, and a locked or hanging file can hold that thread for longer than any time-out of its own. So its work
/// has threads of its own, and whoever waits for it stops waiting in time.
/// </summary>
internal sealed class SqliteDatabase(IDbContextFactory<SqliteDbContext> contexts, DatabaseOptions options)
    : WorkerThreads("sqlite", ThreadCount, Places), IDatabase
{
    private const int ThreadCount = 16;
    private const int Places = 2_000;

    public async Task<T> RunAsync<T>(Func<AppDbContext, Task<T>> work, CancellationToken cancellationToken)
    {
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (!TryEnqueue(() => Run(work), abandoned.Token, out var result))
        {
            throw new DatabaseUnavailableException("Too much waits for the database.");
        }

        try
        {
            return await result.WaitAsync(options.CommandTimeout, cancellationToken);
        }
        catch (TimeoutException)
        {
            // What is still in the queue must not be done later, when its client has long been told that it was not.
            await abandoned.CancelAsync();
            throw new DatabaseUnavailableException($"The database did not answer within {options.CommandTimeout}.");
        }
    }

    private T Run<T>(Func<AppDbContext, Task<T>> work)
    {
        using var db = contexts.CreateDbContext();
        return work(db).GetAwaiter().GetResult(); // done by now: SQLite's async methods are not
    }
}
