using System.Data.Common;
using System.Globalization;

namespace CleanJwt.Infrastructure.Revocation;

/// <summary>Reads revocations over a connection that stays open. After a failure it opens a new one.</summary>
/// <param name="open">Opens a connection that belongs to no pool.</param>
internal sealed class RevocationSource(Func<DbConnection> open, RevocationSql sql) : IRevocationSource
{
    /// <summary>The timeout of a poll.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    /// <summary>The timeout of a read of all rows. A million rows take about a second.</summary>
    private static readonly TimeSpan FullTimeout = TimeSpan.FromSeconds(30);

    private static readonly DateTime BeforeAllRows = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private DbConnection? _connection;

    public RevocationCursor Read(RevocationCursor? since, Action<RevokedSession> learn) => Run(connection =>
    {
        using var command = Command(connection, sql.Read, since is null ? FullTimeout : Timeout);
        AddParameter(command, "@sinceSequence", since?.Sequence ?? 0);
        AddParameter(command, "@sinceTime", since?.DatabaseTime.UtcDateTime ?? BeforeAllRows);
        using var reader = command.ExecuteReader();
        reader.Read();
        var databaseTime = new DateTimeOffset(DateTime.SpecifyKind(reader.GetDateTime(1), DateTimeKind.Utc));
        var cursor = new RevocationCursor(reader.GetInt64(0), databaseTime, reader.GetInt64(2));
        reader.NextResult();
        while (reader.Read())
        {
            learn(new RevokedSession(reader.GetGuid(0), DateTimeOffset.FromUnixTimeSeconds(reader.GetInt64(1))));
        }

        return cursor;
    });

    public long CountLive(DateTimeOffset at, RevocationCursor upTo) => Run(connection =>
    {
        using var command = Command(connection, sql.CountLive, Timeout);
        AddParameter(command, "@at", at.UtcDateTime);
        AddParameter(command, "@upTo", upTo.Sequence);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    });

    public void Dispose() => _connection?.Dispose();

    private static DbCommand Command(DbConnection connection, string text, TimeSpan timeout)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // the text is a constant of RevocationSql
        command.CommandText = text;
#pragma warning restore CA2100
        command.CommandTimeout = (int)timeout.TotalSeconds;
        return command;
    }

    private static void AddParameter(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }

    private T Run<T>(Func<DbConnection, T> read)
    {
        try
        {
            return read(_connection ??= open());
        }
        catch (DbException)
        {
            _connection?.Dispose();
            _connection = null;
            throw;
        }
    }
}

/// <summary>The statements of a <see cref="RevocationSource"/>.</summary>
/// <param name="Read">
/// Two results. The first has one row: the last row number, the database's time and the version of the signing keys.
/// The second has the session and the second until which it is kept, rounded up, of each live row since
/// <c>@sinceSequence</c> or <c>@sinceTime</c>.
/// </param>
/// <param name="CountLive">
/// The number of rows that are kept until <c>@at</c> or longer, up to the row number <c>@upTo</c>.
/// </param>
internal sealed record RevocationSql(string Read, string CountLive)
{
    private const string Count = "SELECT COUNT(*) FROM Revocations WHERE KeepUntil >= @at AND Sequence <= @upTo";

    /// <summary>
    /// SQLite has one writer at a time and commits row numbers in order. So a read by row number misses no row.
    /// </summary>
    public static readonly RevocationSql Sqlite = new(
        """
        SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'Revocations'), 0),
            strftime('%Y-%m-%d %H:%M:%f', 'now'),
            (SELECT Version FROM Guards WHERE Name = 'signing-keys');
        SELECT SessionId, unixepoch(KeepUntil) + 1 FROM Revocations
        WHERE Sequence > @sinceSequence AND KeepUntil > strftime('%Y-%m-%d %H:%M:%f', 'now');
        """,
        Count);

    /// <summary>
    /// SQL Server commits transactions in any order. So the time of the insert counts, and the poller looks back by
    /// some seconds.
    /// </summary>
    public static readonly RevocationSql SqlServer = new(
        """
        SELECT COALESCE(MAX(Sequence), 0),
            SYSUTCDATETIME(),
            (SELECT CAST(Version AS bigint) FROM Guards WHERE Name = 'signing-keys')
        FROM Revocations;
        SELECT SessionId, DATEDIFF_BIG(second, '1970-01-01', KeepUntil) + 1 FROM Revocations
        WHERE RevokedAt >= @sinceTime AND KeepUntil > SYSUTCDATETIME();
        """,
        Count);
}
