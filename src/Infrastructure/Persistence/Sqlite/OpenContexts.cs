using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>Contexts whose connections stay open between pieces of work: opening one takes longer than most queries.</summary>
internal sealed class OpenContexts(IDbContextFactory<AppDbContext> contexts) : IDisposable
{
    private readonly ConcurrentStack<AppDbContext> _idle = new();

    /// <summary>Runs work to its end, on this thread. After a failure its context is not used again.</summary>
    public T Run<T>(Func<AppDbContext, T> work)
    {
        var isOpen = _idle.TryPop(out var db);
        db ??= contexts.CreateDbContext();
        try
        {
            if (!isOpen)
            {
                db.Database.OpenConnection();
            }

            var result = work(db);
            db.ChangeTracker.Clear();
            _idle.Push(db);
            return result;
        }
        catch
        {
            db.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        while (_idle.TryPop(out var db))
        {
            db.Dispose();
        }
    }
}
