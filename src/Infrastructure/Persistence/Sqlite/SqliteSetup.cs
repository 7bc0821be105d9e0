using System.Data.Common;
using System.Reflection;
using CleanJwt.Infrastructure.Persistence.Setup;
using CleanJwt.Infrastructure.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

internal sealed class SqliteSetup(
    SqliteFile file, ConnectionObservers observers, DatabaseOptions options, IEnumerable<IInterceptor> interceptors, IServiceProvider services) : IDatabaseSetup
{
    private static readonly TimeSpan LockPollInterval = TimeSpan.FromMilliseconds(20);

    public string Name => $"'{file.FilePath}'";

    public Task<bool> IsUpToDateAsync(CancellationToken cancellationToken) => Task.FromResult(File.Exists(file.FilePath) && HasAllMigrations());

    // With the application's services, as the pooled contexts have them: Identity's part of the model depends on its options.
    public AppDbContext OpenContext() => new SqliteDbContext(new DbContextOptionsBuilder<SqliteDbContext>()
        .UseApplicationServiceProvider(services)
        .UseSqlite(file.ConnectionString)
        .AddInterceptors(interceptors)
        .Options);

    public DbConnection OpenConnection() => file.Open(observers);

    public async Task MigrateAsync(Func<Task> complete, CancellationToken cancellationToken)
    {
        OwnerOnly.CreateFolder(file.Folder);
        await using var _ = await LockAsync(cancellationToken);
        CreateFile(file.FilePath);
        UseWriteAheadLog();
        if (!HasAllMigrations()) // nearly always it has
        {
            await using var db = OpenContext();

            // Left behind by a process that was killed while it migrated; nobody else is migrating while the lock above is held.
            await db.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS __EFMigrationsLock", cancellationToken);
            await db.Database.MigrateAsync(cancellationToken);
        }

        await complete();
    }

    /// <summary>So that readers and the one writer do not wait for each other. It stays with the file, but not with every kind of copy.</summary>
    private void UseWriteAheadLog()
    {
        using var connection = OpenConnection();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode=WAL";
        command.ExecuteNonQuery();
    }

    /// <summary>As EF Core would tell, which takes a tenth of a second of every start to do so.</summary>
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
            .Where(type => type.IsSubclassOf(typeof(Migration)) && type.GetCustomAttribute<DbContextAttribute>()?.ContextType == typeof(SqliteDbContext))
            .All(type => applied.Contains(type.GetCustomAttribute<MigrationAttribute>()!.Id));
    }

    // An empty file is an empty database. Made here for its mode, which SQLite gives to the files it makes beside it, too.
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
                    throw new StartException($"Another process has been migrating {Name} for longer than Database:StartTimeout ({options.StartTimeout}).");
                }
            }
        }
    }

    private static bool IsHeldElsewhere(IOException exception) => exception.HResult == (
        OperatingSystem.IsWindows() ? unchecked((int)0x80070020) // ERROR_SHARING_VIOLATION
        : OperatingSystem.IsMacOS() ? 35 // EWOULDBLOCK
        : 11); // likewise, on Linux
}
