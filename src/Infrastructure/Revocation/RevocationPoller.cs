using System.Data.Common;
using CleanJwt.Infrastructure.Keys;
using Microsoft.Extensions.Logging;

namespace CleanJwt.Infrastructure.Revocation;

/// <summary>
/// Keeps this node's list up to date, on a thread and a connection of its own: neither a flood of sign-ins nor a pool full of waiting requests can
/// hold it up.
/// </summary>
internal sealed partial class RevocationPoller(
    IRevocationSource source, RevocationList list, IKeyRing keys, RevocationOptions options, ILogger<RevocationPoller> logger) : IDisposable
{
    /// <summary>
    /// How far each poll looks back by the database's clock. Transactions may commit out of order, the older one after the newer one has been read;
    /// each is over within 10 s.
    /// </summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromSeconds(30);

    /// <summary>A program's first connection to a server takes longer than any other, now and then longer than a poll may.</summary>
    private const int FirstTries = 3;

    private static readonly TimeSpan ComparisonInterval = TimeSpan.FromMinutes(1);

    private readonly ManualResetEventSlim _stop = new();
    private Thread? _thread;
    private RevocationCursor? _cursor;
    private DateTimeOffset _nextComparison;
    private bool _failing;

    /// <summary>Loads the list, and goes on polling until disposed.</summary>
    /// <exception cref="DbException">The list can't be loaded.</exception>
    public void Start()
    {
        var tries = 1;
        while (!TryStart(isLast: tries == FirstTries))
        {
            tries++;
        }

        _thread = new Thread(Run) { IsBackground = true, Name = "revocation poller" };
        _thread.Start();
    }

    /// <summary>Learns what has come since the last poll, and of new signing keys; the first one loads everything.</summary>
    public void Poll()
    {
        var poll = list.StartPoll();
        _cursor = source.Read(_cursor is null ? null : _cursor with { DatabaseTime = _cursor.DatabaseTime - Overlap }, list.Learn);
        if (_cursor.KeyRingVersion != keys.Version)
        {
            keys.Reload(); // before the poll counts as done: a node that can't read the keys does not know whose tokens to accept
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
#pragma warning disable CA1031 // whatever it was, the next poll is the remedy; until one succeeds, requests are refused
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

    /// <summary>Finds what no cursor can: rows that the list lacks for whatever reason.</summary>
    private void Compare(RevocationCursor cursor)
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(cursor.DatabaseTime.ToUnixTimeSeconds());
        var here = list.Sweep(at);
        var there = source.CountLive(at, cursor);
        if (here < there) // more here is what was learnt after the cursor was taken
        {
            LogReloading(logger, here, there);
            _cursor = source.Read(since: null, list.Learn);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Revocations can't be read. After {MaxStaleness} without any, authenticated requests are refused.")]
    private static partial void LogFailing(ILogger logger, TimeSpan maxStaleness, Exception exception);

    [LoggerMessage(LogLevel.Information, "Revocations can be read again.")]
    private static partial void LogRecovered(ILogger logger);

    [LoggerMessage(LogLevel.Warning, "The list of revoked sessions has {Here} entries and the database {There}: loading it again.")]
    private static partial void LogReloading(ILogger logger, long here, long there);
}
