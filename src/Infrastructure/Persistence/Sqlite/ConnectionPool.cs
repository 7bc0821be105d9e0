using System.Collections.Concurrent;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>Keeps connections open between pieces of work. Opening one takes longer than most queries.</summary>
internal sealed class ConnectionPool(Func<SqliteDatabaseConnection> open) : IDisposable
{
    private readonly ConcurrentBag<SqliteDatabaseConnection> _idle = [];

    /// <summary>
    /// Runs work to its end on the calling thread. After a failure its connection is closed instead of reused.
    /// </summary>
    public T Run<T>(Func<DatabaseConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        Run(
            (Work: work, Token: cancellationToken),
            static (connection, state) => connection.Run(state.Work, state.Token));

    /// <inheritdoc cref="Run{T}(Func{DatabaseConnection, CancellationToken, Task{T}}, CancellationToken)"/>
    /// <param name="state">An argument of the work. A static lambda with an argument allocates nothing.</param>
    public T Run<TState, T>(TState state, Func<SqliteDatabaseConnection, TState, T> work)
    {
        if (!_idle.TryTake(out var connection))
        {
            connection = open();
        }

        try
        {
            var result = work(connection, state);
            connection.EndWork();
            _idle.Add(connection);
            return result;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var connection))
        {
            connection.Dispose();
        }
    }
}
