using System.Data.Common;
using CleanJwt.Infrastructure.Keys;
using Microsoft.Extensions.Logging;

namespace CleanJwt.Infrastructure.Revocation;

/// <summary>Keeps this node's revocation list up to date.</summary>
/// <remarks>
/// It has its own thread and connection, so neither a flood of sign-ins nor an exhausted connection pool can delay it.
/// </remarks>
internal sealed partial class RevocationPoller(
    IRevocationSource source,
    RevocationList list,
    IKeyRing keys,
    RevocationOptions options,
    ILogger<RevocationPoller> logger) : IDisposable
{
    /// <summary>The time by which each poll looks back, by the database's clock.</summary>
    /// <remarks>
    /// Transactions may commit out of order: an older one may commit after a newer one was read. Each ends within 10
    /// seconds.
    /// </remarks>
    public static readonly TimeSpan Overlap = TimeSpan.FromSeconds(30);

    /// <summary>The first connection of a process is slow, and may exceed the timeout of a poll.</summary>
    private const int MaxStartAttempts = 3;

    private static readonly TimeSpan ComparisonInterval = TimeSpan.FromMinutes(1);

    private readonly ManualResetEventSlim _stop = new();
    private Thread? _thread;
    private RevocationCursor? _cursor;
    private DateTimeOffset _nextComparison;
    private bool _failing;

    /// <summary>Loads the list, and polls until it is disposed.</summary>
    /// <exception cref="DbException">The list can't be loaded.</exception>
    public void Start()
    {
        var attempt = 1;
        while (!TryStart(isLast: attempt == MaxStartAttempts))
        {
            attempt++;
        }

        _thread = new Thread(Run) { IsBackground = true, Name = "revocation poller" };
        _thread.Start();
    }

    /// <summary>
    /// Reads the revocations since the last poll, and changed signing keys. The first poll reads all revocations.
    /// </summary>
    public void Poll()
    {
        var poll = list.StartPoll();
        var since = _cursor is null ? null : _cursor with { DatabaseTime = _cursor.DatabaseTime - Overlap };
        _cursor = source.Read(since, list.Learn);
        if (_cursor.KeyRingVersion != keys.Version)
        {
            keys.Reload(); // before EndPoll: a node that can't read the keys must not count as up to date
        }

        list.EndPoll(poll);
        if (_cursor.DatabaseTime >= _nextComparison)
        {
            _nextComparison = _cursor.DatabaseTime + ComparisonInterval;
            Compare(_cursor);
        }
    }

    public void Dispose()
    {
        _stop.Set();
        _thread?.Join();
        source.Dispose();
        _stop.Dispose();
    }

    private bool TryStart(bool isLast)
    {
        try
        {
            Poll();
            return true;
        }
        catch (DbException) when (!isLast)
        {
            return false;
        }
    }

    private void Run()
    {
        while (!_stop.Wait(options.PollInterval))
        {
            try
            {
                Poll();
                if (_failing)
                {
                    LogRecovered(logger);
                    _failing = false;
                }
            }
#pragma warning disable CA1031 // the next poll tries again; without a successful poll the node refuses requests
            catch (Exception exception)
#pragma warning restore CA1031
            {
                if (!_failing)
                {
                    LogFailing(logger, options.MaxStaleness, exception);
                    _failing = true;
                }
            }
        }
    }

    /// <summary>
    /// Loads the list again if it lacks rows of the database. This finds rows that a cursor has missed.
    /// </summary>
    private void Compare(RevocationCursor cursor)
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(cursor.DatabaseTime.ToUnixTimeSeconds());
        var listed = list.Sweep(at);
        long stored;
        try
        {
            stored = source.CountLive(at, cursor);
        }
        catch (DbException)
        {
            return; // the poll itself has succeeded, and the next comparison is a minute away
        }

        if (listed < stored) // the list may hold more: it may have read rows after the cursor was taken
        {
            LogReloading(logger, listed, stored);
            _cursor = source.Read(since: null, list.Learn);
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "The node can't read the revocations. After {MaxStaleness} it will refuse authenticated requests.")]
    private static partial void LogFailing(ILogger logger, TimeSpan maxStaleness, Exception exception);

    [LoggerMessage(LogLevel.Information, "The node can read the revocations again.")]
    private static partial void LogRecovered(ILogger logger);

    [LoggerMessage(
        LogLevel.Warning,
        "The node's list of revoked sessions has {Listed} entries, and the database has {Stored}. "
        + "The node loads the list again.")]
    private static partial void LogReloading(ILogger logger, long listed, long stored);
}
