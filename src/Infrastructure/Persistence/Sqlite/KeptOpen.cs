using System.Collections.Concurrent;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>Things with a connection that stays open between pieces of work: opening one takes longer than most queries.</summary>
internal sealed class KeptOpen<T>(Func<T> open) : IDisposable
    where T : class, IDisposable
{
    private readonly ConcurrentStack<T> _idle = new();

    /// <summary>Runs work to its end, on this thread. After a failure what it worked with is not used again.</summary>
    public TResult Run<TResult>(Func<T, TResult> work)
    {
        if (!_idle.TryPop(out var opened))
        {
            opened = open();
        }

        try
        {
            var result = work(opened);
            _idle.Push(opened);
            return result;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        while (_idle.TryPop(out var opened))
        {
            opened.Dispose();
        }
    }
}
