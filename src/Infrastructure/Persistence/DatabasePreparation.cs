using System.Data.Common;
using CleanJwt.Infrastructure.Keys;
using CleanJwt.Infrastructure.Revocation;
using CleanJwt.Infrastructure.Sessions;
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
    IKeyRing keyRing,
    RevocationPoller poller,
    TimeProvider time,
    IEnumerable<IInterceptor> interceptors,
    IServiceProvider services)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private static readonly TimeSpan LockPollInterval = TimeSpan.FromMilliseconds(20);

    /// <exception cref="StartException">The database can't be used, with the reason in one line.</exception>
    public Task PrepareAsync(CancellationToken cancellationToken) => UseAsync(
        _ =>
        {
            keyRing.Reload();
            poller.Start();
            return Task.CompletedTask;
        },
        cancellationToken);

    /// <summary>Sees to it that the database can be used, for a command that serves nobody.</summary>
    /// <exception cref="StartException">The database can't be used, with the reason in one line.</exception>
    public Task OpenAsync(CancellationToken cancellationToken) => UseAsync(_ => Task.CompletedTask, cancellationToken);

    /// <summary>Ends every session and replaces the signing keys, in one transaction.</summary>
    /// <returns>How many sessions were not over yet.</returns>
    /// <exception cref="StartException">The database can't be used, with the reason in one line.</exception>
    public async Task<int> EndAllSessionsAsync(CancellationToken cancellationToken)
    {
        var ended = 0;
        await UseAsync(
            async db =>
            {
                var key = keyStore.CreateFirstKey();
                await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
                await keyStore.ReplaceAllAsync(db, key, cancellationToken);
                ended = await SessionEnding.EndEverythingAsync(db, time.GetUtcNow(), cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            },
            cancellationToken);
        return ended;
    }

    /// <summary>Can be run by several processes at once, and again after one was killed in the middle.</summary>
    /// <exception cref="StartException">The database can't be used, with the reason in one line.</exception>
    public Task MigrateAsync(CancellationToken cancellationToken) => Describing(async () =>
    {
        CreateFolder(file.Folder);
        if (keyFolder.Path is { } path)
        {
            CreateFolder(path);
        }

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

        await keyStore.EnsureAsync(db, cancellationToken);
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

    // An empty file is an empty database. Made here for its mode, which SQLite gives to the files it makes beside it, too.
    private static void CreateFile(string path)
    {
        if (!File.Exists(path))
        {
            OpenForOwner(path, FileMode.CreateNew, FileShare.ReadWrite).Dispose();
        }
    }

    private static FileStream OpenForOwner(string path, FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        for (var started = TimeProvider.System.GetTimestamp(); ; await Task.Delay(LockPollInterval, cancellationToken))
        {
            try
            {
                return OpenForOwner(file.LockPath, FileMode.OpenOrCreate, FileShare.None);
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

    /// <summary>Does something with the database before it is served, once it is up to date.</summary>
    private async Task UseAsync(Func<AppDbContext, Task> work, CancellationToken cancellationToken)
    {
        if (options.MigrateOnStart)
        {
            await MigrateAsync(cancellationToken);
        }

        await Describing(async () =>
        {
            await using var db = OpenContext(file.ConnectionString);
            if (!options.MigrateOnStart && (!File.Exists(file.FilePath) || (await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any()))
            {
                throw new StartException(
                    $"The database '{file.FilePath}' is missing or not up to date: run the command 'migrate', or set Database:MigrateOnStart to true.");
            }

            await work(db);
        });
    }

    private async Task Describing(Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (Exception exception) when (exception is DbException or IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The database '{file.FilePath}' ({SqliteFile.Key}) can't be used: {exception.Message}");
        }
    }
}
