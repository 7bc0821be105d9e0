using System.Collections.Concurrent;
using System.Data.Common;
using System.Text.RegularExpressions;
using CleanJwt.Infrastructure.Persistence;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using SQLitePCL;

namespace CleanJwt;

/// <summary>
/// Keeps what is sent to a database, but for the frame of transactions, without the marks around names, which differ
/// from one kind of database to another. SQLite itself says what it has run, whoever wrote it; on SQL Server EF Core
/// does.
/// </summary>
internal sealed partial class CommandCounter : DbCommandInterceptor, IConnectionObserver
{
    private static readonly string[] Frame = ["PRAGMA ", "BEGIN", "COMMIT", "SAVEPOINT ", "RELEASE ", "ROLLBACK"];

    private readonly ConcurrentQueue<string> _commands = new();

    public IReadOnlyCollection<string> Commands => _commands;

    public void AddTo(IServiceCollection services) =>
        services.AddSingleton<IInterceptor>(this).AddSingleton<IConnectionObserver>(this);

    public void Reset() => _commands.Clear();

    public override DbCommand CommandInitialized(CommandEndEventData eventData, DbCommand result)
    {
        if (result is not SqliteCommand)
        {
            Note(result.CommandText);
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
            _commands.Enqueue(Marks().Replace(statement, ""));
        }
    }

    [GeneratedRegex("[\"\\[\\]]")]
    private static partial Regex Marks();
}
