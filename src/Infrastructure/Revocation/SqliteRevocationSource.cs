using System.Data.Common;
using System.Globalization;
using CleanJwt.Infrastructure.Persistence;
using Microsoft.Data.Sqlite;

namespace CleanJwt.Infrastructure.Revocation;

/// <summary>SQLite has one writer at a time, so its row numbers are committed in order: what is above the last one seen is all there is.</summary>
internal sealed class SqliteRevocationSource(SqliteFile file) : IRevocationSource
{
    // Whole seconds, rounded up, are all that the list keeps; SQLite makes a number of them much faster than a date can be parsed here.
    private const string KeepUntilSeconds = "unixepoch(KeepUntil) + 1";
    private const string Now = "strftime('%Y-%m-%d %H:%M:%f', 'now')";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private SqliteConnection? _connection;

    public RevocationCursor Read(RevocationCursor? since, Action<Revocation> learn) => Run(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            $"""
            SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'Revocations'), 0), {Now};
            SELECT SessionId, {KeepUntilSeconds} FROM Revocations WHERE Sequence > @since AND KeepUntil > {Now};
            """;
        command.Parameters.AddWithValue("@since", since?.Sequence ?? 0);
        using var reader = command.ExecuteReader();
        reader.Read();
        var cursor = new RevocationCursor(reader.GetInt64(0), Utc(reader, 1));
        reader.NextResult();
        while (reader.Read())
        {
            learn(new Revocation(reader.GetGuid(0), DateTimeOffset.FromUnixTimeSeconds(reader.GetInt64(1))));
        }

        return cursor;
    });

    public long CountLive(DateTimeOffset at, RevocationCursor upTo) => Run(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM Revocations WHERE KeepUntil >= @at AND Sequence <= @upTo";
        command.Parameters.AddWithValue("@at", at.UtcDateTime);
        command.Parameters.AddWithValue("@upTo", upTo.Sequence);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    });

    public void Dispose() => _connection?.Dispose();

    private static DateTimeOffset Utc(DbDataReader reader, int column) =>
        new(DateTime.SpecifyKind(reader.GetDateTime(column), DateTimeKind.Utc));

    private T Run<T>(Func<SqliteConnection, T> read)
    {
        try
        {
            return read(_connection ??= Open());
        }
        catch (SqliteException)
        {
            _connection?.Dispose();
            _connection = null; // the next try starts with a fresh one
            throw;
        }
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder(file.ConnectionString)
        {
            Pooling = false,
            DefaultTimeout = (int)Timeout.TotalSeconds,
        }.ConnectionString);
        connection.Open();
        return connection;
    }
}
