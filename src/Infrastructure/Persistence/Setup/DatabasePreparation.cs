using System.Data.Common;
using CleanJwt.Infrastructure.Keys;
using CleanJwt.Infrastructure.Passwords.Throttle;
using CleanJwt.Infrastructure.Revocation;
using CleanJwt.Infrastructure.Sessions;
using CleanJwt.Infrastructure.Settings;

namespace CleanJwt.Infrastructure.Persistence.Setup;

/// <summary>Makes the database and the first keys, brings the schema up to date, and loads what serving needs.</summary>
internal sealed class DatabasePreparation(
    IDatabaseSetup setup, DatabaseOptions options, KeyFolder keyFolder, SigningKeyStore keyStore, SecretStore secretStore, IKeyRing keyRing, AttemptKeys tryKeys,
    RevocationPoller poller, TimeProvider time)
{
    /// <exception cref="StartException">The database can't be used, with the reason in one line.</exception>
    public Task PrepareAsync(CancellationToken cancellationToken) => UseAsync(
        () =>
        {
            using (var connection = setup.OpenConnection())
            {
                keyRing.Load(connection);
                tryKeys.Load(connection);
            }

            poller.Start();
            return Task.CompletedTask;
        },
        cancellationToken);

    /// <summary>Sees to it that the database can be used, for a command that serves nobody.</summary>
    /// <exception cref="StartException">The database can't be used, with the reason in one line.</exception>
    public Task OpenAsync(CancellationToken cancellationToken) => UseAsync(() => Task.CompletedTask, cancellationToken);

    /// <summary>Ends every session and replaces the signing keys, in one transaction.</summary>
    /// <returns>How many sessions were not over yet.</returns>
    /// <exception cref="StartException">The database can't be used, with the reason in one line.</exception>
    public async Task<int> EndAllSessionsAsync(CancellationToken cancellationToken)
    {
        var ended = 0;
        await UseAsync(
            async () =>
            {
                var key = keyStore.CreateFirstKey();
                await using var db = setup.OpenContext();
                await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
                await keyStore.ReplaceAllAsync(db, key, cancellationToken);
                await secretStore.ReplaceAllAsync(db, cancellationToken);
                ended = await SessionEnding.EndEverythingAsync(db, time.GetUtcNow(), cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            },
            cancellationToken);
        return ended;
    }

    /// <summary>Can be run by several processes at once, and again after one was killed in the middle.</summary>
    /// <exception cref="StartException">The database can't be used, with the reason in one line.</exception>
    public Task MigrateAsync(CancellationToken cancellationToken) => Describing(() => setup.MigrateAsync(
        async () =>
        {
            if (keyFolder.Path is { } path)
            {
                OwnerOnly.CreateFolder(path);
            }

            await keyStore.EnsureAsync(setup, cancellationToken);
            await secretStore.EnsureAsync(setup, cancellationToken);
        },
        cancellationToken));

    /// <summary>Does something with the database before it is served, once it is up to date.</summary>
    private async Task UseAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        if (options.MigrateOnStart)
        {
            await MigrateAsync(cancellationToken);
        }

        await Describing(async () =>
        {
            if (!options.MigrateOnStart && !await setup.IsUpToDateAsync(cancellationToken))
            {
                throw new StartException(
                    $"The database {setup.Name} is missing or not up to date: run the command 'migrate', or set Database:MigrateOnStart to true.");
            }

            await work();
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
            throw new StartException($"The database {setup.Name} ({DatabaseOptions.ConnectionKey}) can't be used: {exception.Message.ReplaceLineEndings(" ")}");
        }
    }
}
