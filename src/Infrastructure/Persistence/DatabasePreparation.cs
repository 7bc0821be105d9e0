using System.Data.Common;
using CleanJwt.Infrastructure.Keys;
using CleanJwt.Infrastructure.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace CleanJwt.Infrastructure.Persistence;

/// <summary>Makes the database and the first keys, brings the schema up to date, and loads what serving needs.</summary>
internal sealed class DatabasePreparation(
    SqliteFile file,
    DatabaseOptions options,
    KeyFolder keyFolder,
    SigningKeyStore keyStore,
    SigningKeyRing keyRing,
    IEnumerable<IInterceptor> interceptors,
    IServiceProvider services)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private static readonly TimeSpan LockPollInterval = TimeSpan.FromMilliseconds(20);

    /// <exception cref="StartException">The database can't be used, with the reason in one line.</exception>
    public Task PrepareAsync(CancellationToken cancellationToken) => UseAsync(
        async db =>
        {
            keyRing.Load(await keyStore.LoadAsync(db, cancellationToken));
            return true;
        },
        cancellationToken);

    /// <summary>Does something with the database before it is served, once it is up to date.</summary>
    /// <exception cref="StartException">The database can't be used, with the reason in one line.</exception>
    public async Task<T> UseAsync<T>(Func<AppDbContext, Task<T>> work, CancellationToken cancellationToken)
    {
        if (options.MigrateOnStart)
        {
            await MigrateAsync(cancellationToken);
        }

        return await Describing(async () =>
        {
            await using var db = OpenContext(file.ConnectionString);
            if (!options.MigrateOnStart && (!File.Exists(file.FilePath) || (await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any()))
            {
                throw new StartException(
                    $"The database '{file.FilePath}' is missing or not up to date: run the command 'migrate', or set Database:MigrateOnStart to true.");
            }

            return await work(db);
        });
    }

    /// <summary>Can be run by several processes at once, and again after one was killed in the middle.</summary>
    /// <exception cref="StartException">The database can't be used, with the reason in one line.</exception>
    public Task MigrateAsync(CancellationToken cancellationToken) => Describing(async () =>
    {
        CreateFolder(file.Folder);
        CreateFolder(keyFolder.Path);
        await using var _ = await LockAsync(cancellationToken);
        await using var db = OpenContext(file.CreatingConnectionString);

        // Stays with the file. Readers and the one writer do not wait for each other.
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL", cancellationToken);

        // Left behind by a process that was killed while it migrated; nobody else is migrating while the lock above is held.
        await db.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS __EFMigrationsLock", cancellationToken);
        await db.Database.MigrateAsync(cancellationToken);
        await keyStore.EnsureAsync(db, cancellationToken);
        return true;
    });

    private static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly);
        }
    }

    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        for (var started = TimeProvider.System.GetTimestamp(); ; await Task.Delay(LockPollInterval, cancellationToken))
        {
            try
            {
                return new FileStream(file.LockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException exception) when (IsHeldElsewhere(exception))
            {
                if (TimeProvider.System.GetElapsedTime(started) > options.StartTimeout)
                {
                    throw new StartException($"Another process has been migrating '{file.FilePath}' for longer than Database:StartTimeout ({options.StartTimeout}).");
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

    private async Task<T> Describing<T>(Func<Task<T>> step)
    {
        try
        {
            return await step();
        }
        catch (Exception exception) when (exception is DbException or IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The database '{file.FilePath}' ({SqliteFile.Key}) can't be used: {exception.Message}");
        }
    }
}
