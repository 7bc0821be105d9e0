using System.Collections.Concurrent;
using System.Data.Common;
using CleanJwt.Infrastructure.Persistence;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using SQLitePCL;

namespace CleanJwt.WebApi.FunctionalTests.Support;

/// <summary>
/// Counts what the service sends to its database, but for the frame of transactions. SQLite itself says what it has run, whoever wrote it; on SQL Server
/// EF Core does.
/// </summary>
internal sealed class CommandCounter : DbCommandInterceptor, IConnectionObserver
{
    private static readonly string[] Frame = ["PRAGMA ", "BEGIN", "COMMIT", "SAVEPOINT ", "RELEASE ", "ROLLBACK"];

    private readonly ConcurrentQueue<string> _commands = new();

    public IReadOnlyCollection<string> Commands => _commands;

    public void Reset() => _commands.Clear();

    public override DbCommand CommandInitialized(CommandEndEventData eventData, DbCommand result)
    {
        if (result is not SqliteCommand)
        {
            _commands.Enqueue(result.CommandText);
        }

        return result;
    }

    public void OnOpened(DbConnection connection)
    {
        if (connection is SqliteConnection { Handle: { } handle })
        {
            raw.sqlite3_profile(handle, (_, statement, _) => Note(statement), null);
        }
    }

    private void Note(string statement)
    {
        if (!Frame.Any(start => statement.StartsWith(start, StringComparison.OrdinalIgnoreCase)))
        {
            _commands.Enqueue(statement);
        }
    }
}
