using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>Sets, on every opened connection, what SQLite keeps per connection.</summary>
internal sealed class SqlitePragmas(DatabaseOptions options) : IConnectionObserver
{
    // busy_timeout: SQLite's own waiting notices a freed lock much sooner than the provider's, which looks every 150 ms.
    // synchronous=FULL: what has been answered survives a power cut, too.
    private readonly string _pragmas = string.Create(
        CultureInfo.InvariantCulture, $"PRAGMA busy_timeout={(int)options.CommandTimeout.TotalMilliseconds}; PRAGMA synchronous=FULL;");

    /// <summary>
    /// For a connection that reads for many requests: up to 16 MiB, taken as pages are read. A thousand accounts in turn, of a million, are found on 10 MiB of pages, and with
    /// SQLite's own 2 MB each request reads its pages anew.
    /// </summary>
    public static void KeepMorePages(SqliteConnection connection) =>
        raw.sqlite3_exec(connection.Handle, "PRAGMA cache_size=-16384"); // what is wrong with the database, the first read says

    public void OnOpened(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = _pragmas;
        command.ExecuteNonQuery();
    }
}
