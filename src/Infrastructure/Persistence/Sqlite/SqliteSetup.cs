using System.Data.Common;
using System.Reflection;
using CleanJwt.Infrastructure.Persistence.Setup;
using CleanJwt.Infrastructure.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

internal sealed class SqliteSetup(
    SqliteFile file, ConnectionObservers observers, DatabaseOptions options, IServiceProvider services) : IDatabaseSetup
{
    private static readonly TimeSpan LockPollInterval = TimeSpan.FromMilliseconds(20);

    public string Name => $"'{file.FilePath}'";

    public Task<bool> IsUpToDateAsync(CancellationToken cancellationToken) =>
        Task.FromResult(File.Exists(file.FilePath) && HasAllMigrations());

    public AppDbContext OpenContext()
    {
        var builder = new DbContextOptionsBuilder<SqliteDbContext>();
        builder.UseSqlite(file.ConnectionString).UseServices(services);
        return new SqliteDbContext(builder.Options);
    }

    public DbConnection OpenConnection() => file.Open(observers);

    public Task PrepareToServeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task MigrateAsync(Func<Task> complete, CancellationToken cancellationToken)
    {
        OwnerOnly.CreateFolder(file.Folder);
        await using var _ = await LockAsync(cancellationToken);
        CreateFile(file.FilePath);
        UseWriteAheadLog();
        if (!HasAllMigrations())
        {
            await using var db = OpenContext();

            // A process that was killed during a migration leaves this table. The file lock shows that no other process
            // is migrating.
            await db.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS __EFMigrationsLock", cancellationToken);
            await db.Database.MigrateAsync(cancellationToken);
        }

        await complete();
    }

    /// <summary>
    /// Turns on the write-ahead log, so that readers and the writer do not wait for each other. The mode is stored in
    /// the file, but a copy may lack it.
    /// </summary>
    private void UseWriteAheadLog()
    {
        using var connection = OpenConnection();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode=WAL";
        command.ExecuteNonQuery();
    }

    /// <summary>
    /// Reads the history of migrations without EF Core, whose answer takes a tenth of a second of every start.
    /// </summary>
    private bool HasAllMigrations()
    {
        using var connection = OpenConnection();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM sqlite_master WHERE name = '__EFMigrationsHistory'";
        if (command.ExecuteScalar() is 0L)
        {
            return false;
        }

        command.CommandText = "SELECT MigrationId FROM __EFMigrationsHistory";
        using var rows = command.ExecuteReader();
        var applied = new HashSet<string>();
        while (rows.Read())
        {
            applied.Add(rows.GetString(0));
        }

        return typeof(SqliteDbContext).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Migration)))
            .Where(type => type.GetCustomAttribute<DbContextAttribute>()?.ContextType == typeof(SqliteDbContext))
            .All(type => applied.Contains(type.GetCustomAttribute<MigrationAttribute>()!.Id));
    }

    // An empty file is an empty database. SQLite gives the files beside it the same mode.
    private static void CreateFile(string path)
    {
        if (!File.Exists(path))
        {
            OwnerOnly.OpenFile(path, FileMode.CreateNew, FileShare.ReadWrite).Dispose();
        }
    }

    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        for (var started = TimeProvider.System.GetTimestamp(); ; await Task.Delay(LockPollInterval, cancellationToken))
        {
            try
            {
                return OwnerOnly.OpenFile(file.LockPath, FileMode.OpenOrCreate, FileShare.None);
            }
            catch (IOException exception) when (IsHeldElsewhere(exception))
            {
                if (TimeProvider.System.GetElapsedTime(started) > options.StartTimeout)
                {
                    throw new StartException(
                        $"Another process has been migrating {Name} for longer than "
                        + $"Database:StartTimeout ({options.StartTimeout}).");
                }
            }
        }
    }

    private static bool IsHeldElsewhere(IOException exception) => exception.HResult == (
        OperatingSystem.IsWindows() ? unchecked((int)0x80070020) // ERROR_SHARING_VIOLATION
        : OperatingSystem.IsMacOS() ? 35 // EWOULDBLOCK
        : 11); // EWOULDBLOCK on Linux
}
