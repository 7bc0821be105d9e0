using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>Sets, on every opened connection, what SQLite keeps per connection.</summary>
internal sealed class SqlitePragmas(DatabaseOptions options) : DbConnectionInterceptor
{
    // busy_timeout: SQLite's own waiting notices a freed lock much sooner than the provider's, which looks every 150 ms.
    // synchronous=FULL: what has been answered survives a power cut, too.
    private readonly string _pragmas = string.Create(
        CultureInfo.InvariantCulture, $"PRAGMA busy_timeout={(int)options.CommandTimeout.TotalMilliseconds}; PRAGMA synchronous=FULL;");

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = _pragmas;
        command.ExecuteNonQuery();
    }

    // SQLite has nothing to wait for: its async methods run where they are called.
    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        ConnectionOpened(connection, eventData);
        return Task.CompletedTask;
    }
}
