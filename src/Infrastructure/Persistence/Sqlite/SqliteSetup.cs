using CleanJwt.Infrastructure.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

internal sealed class SqliteSetup(
    SqliteFile file, DatabaseOptions options, IEnumerable<IInterceptor> interceptors, IServiceProvider services) : IDatabaseSetup
{
    private static readonly TimeSpan LockPollInterval = TimeSpan.FromMilliseconds(20);

    public string Name => $"'{file.FilePath}'";

    public Task<bool> ExistsAsync(CancellationToken cancellationToken) => Task.FromResult(File.Exists(file.FilePath));

    public AppDbContext OpenContext() => OpenContext(file.ConnectionString);

    public async Task MigrateAsync(Func<AppDbContext, Task> complete, CancellationToken cancellationToken)
    {
        OwnerOnly.CreateFolder(file.Folder);
        await using var _ = await LockAsync(cancellationToken);
        CreateFile(file.FilePath);
        await using var db = OpenContext(file.CreatingConnectionString);

        // Stays with the file. Readers and the one writer do not wait for each other.
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL", cancellationToken);

        // Left behind by a process that was killed while it migrated; nobody else is migrating while the lock above is held.
        await db.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS __EFMigrationsLock", cancellationToken);
        if ((await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any()) // asked first, because migrating nothing takes much longer
        {
            await db.Database.MigrateAsync(cancellationToken);
        }

        await complete(db);
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

    // With the application's services, as the pooled contexts have them: Identity's part of the model depends on its options.
    private SqliteDbContext OpenContext(string connectionString) => new(new DbContextOptionsBuilder<SqliteDbContext>()
        .UseApplicationServiceProvider(services)
        .UseSqlite(connectionString)
        .AddInterceptors(interceptors)
        .Options);
}
