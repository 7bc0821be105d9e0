using System.Collections.Concurrent;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>Things with a connection that stays open between pieces of work: opening one takes longer than most queries.</summary>
internal sealed class KeptOpen<T>(Func<T> open) : IDisposable
    where T : class, IDisposable
{
    private readonly ConcurrentBag<T> _idle = [];

    /// <summary>Runs work to its end, on this thread. After a failure what it worked with is not used again.</summary>
    public TResult Run<TResult>(Func<T, TResult> work) => Run(work, static (opened, work) => work(opened));

    /// <inheritdoc cref="Run{TResult}"/>
    public TResult Run<TState, TResult>(TState state, Func<T, TState, TResult> work)
    {
        if (!_idle.TryTake(out var opened))
        {
            opened = open();
        }

        try
        {
            var result = work(opened, state);
            _idle.Add(opened);
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
        while (_idle.TryTake(out var opened))
        {
            opened.Dispose();
        }
    }
}
