using System.Data.Common;
using System.Globalization;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>Sets, on every opened connection, what SQLite keeps per connection.</summary>
internal sealed class SqlitePragmas(DatabaseOptions options) : IConnectionObserver
{
    // busy_timeout: SQLite's own waiting notices a freed lock much sooner than the provider's, which looks every 150 ms.
    // synchronous=FULL: what has been answered survives a power cut, too.
    private readonly string _pragmas = string.Create(
        CultureInfo.InvariantCulture, $"PRAGMA busy_timeout={(int)options.CommandTimeout.TotalMilliseconds}; PRAGMA synchronous=FULL;");

    public void OnOpened(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = _pragmas;
        command.ExecuteNonQuery();
    }
}
