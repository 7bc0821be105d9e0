using System.Collections.Concurrent;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>Keeps connections open between pieces of work. Opening one takes longer than most queries.</summary>
internal sealed class ConnectionPool(Func<SqliteDatabaseConnection> open) : IDisposable
{
    private readonly ConcurrentBag<SqliteDatabaseConnection> _idle = [];

    /// <summary>
    /// Runs work to its end on the calling thread. After a failure its connection is closed instead of reused.
    /// </summary>
    public T Run<T>(Func<SqliteDatabaseConnection, T> work)
    {
        if (!_idle.TryTake(out var connection))
        {
            connection = open();
        }

        try
        {
            var result = work(connection);
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
