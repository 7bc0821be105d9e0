using System.Data;
using System.Data.Common;
using System.Globalization;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Statements;

namespace CleanJwt.Infrastructure.Revocation;

/// <summary>Reads revocations over a connection that stays open. If it breaks, the next read opens a new one.</summary>
/// <remarks>
/// A poll may take as long as its answer is still useful: the age of the list counts from the moment before the poll
/// was sent. A shorter time-out would keep a node out for as long as its database is busy.
/// </remarks>
/// <param name="open">Opens a connection that belongs to no pool.</param>
internal sealed class RevocationSource(
    Func<DbConnection> open, RevocationSql sql, RevocationOptions options) : IRevocationSource
{
    /// <summary>How long a poll may take to connect.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The timeout of a read of all rows. A million rows take about a second.</summary>
    private static readonly TimeSpan FullTimeout = TimeSpan.FromSeconds(30);

    // The count is a check alone, and polls wait for it.
    private static readonly TimeSpan CountTimeout = TimeSpan.FromSeconds(1);

    private static readonly DateTime BeforeAllRows = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private DbConnection? _connection;

    public RevocationCursor Read(RevocationCursor? since, Action<RevokedSession> learn) => Run(connection =>
    {
        using var command = Command(connection, sql.Read, since is null ? FullTimeout : options.MaxStaleness);
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
        using var command = Command(connection, sql.CountLive, CountTimeout);
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
        command.CommandTimeout = (int)Math.Ceiling(timeout.TotalSeconds);
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
        catch (Exception exception)
        {
            if (_connection?.State != ConnectionState.Open || !DatabaseErrors.LeavesConnectionOpen(exception))
            {
                _connection?.Dispose();
                _connection = null;
            }

            throw;
        }
    }
}
