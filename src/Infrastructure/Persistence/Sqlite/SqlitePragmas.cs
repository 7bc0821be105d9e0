using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>Sets the pragmas that SQLite keeps per connection, on every opened connection.</summary>
internal sealed class SqlitePragmas(DatabaseOptions options) : IConnectionObserver
{
    // busy_timeout: SQLite notices a freed lock much sooner than Microsoft.Data.Sqlite, which retries every 150 ms.
    // synchronous=FULL: an answered write survives a power cut.
    private readonly string _pragmas = string.Create(
        CultureInfo.InvariantCulture,
        $"PRAGMA busy_timeout={(int)options.CommandTimeout.TotalMilliseconds}; PRAGMA synchronous=FULL;");

    /// <summary>
    /// Lets a connection that serves many requests cache up to 16 MiB of pages. SQLite's default of 2 MB does not hold
    /// the pages of a thousand active accounts.
    /// </summary>
    public static void EnlargeCache(SqliteConnection connection) =>
        raw.sqlite3_exec(connection.Handle, "PRAGMA cache_size=-16384"); // the first read reports an unusable database

    public void OnOpened(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = _pragmas;
        command.ExecuteNonQuery();
    }
}
