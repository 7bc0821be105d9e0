using System.Data.Common;
using CleanJwt.Infrastructure.Keys;
using CleanJwt.Infrastructure.Mail;
using CleanJwt.Infrastructure.Passwords.Throttle;
using CleanJwt.Infrastructure.Revocation;
using CleanJwt.Infrastructure.SecondFactors;
using CleanJwt.Infrastructure.Sessions;
using CleanJwt.Infrastructure.Settings;

namespace CleanJwt.Infrastructure.Persistence.Setup;

/// <summary>
/// Creates the database and the first keys, brings the schema up to date, and loads the state that serving needs.
/// </summary>
internal sealed class DatabasePreparation(
    IDatabaseSetup setup,
    DatabaseOptions options,
    KeyFolder keyFolder,
    SigningKeyStore keyStore,
    SecretStore secretStore,
    IKeyRing keyRing,
    AttemptKeys attemptKeys,
    MailCodes mailCodes,
    RecoveryCodeMacs recoveryCodes,
    PasskeyDomain passkeyDomain,
    RevocationPoller poller,
    TimeProvider time)
{
    /// <exception cref="StartException">The database can't be used, with the reason in one line.</exception>
    public Task PrepareAsync(CancellationToken cancellationToken) => UseAsync(
        async () =>
        {
            await setup.PrepareToServeAsync(cancellationToken);
            using (var connection = setup.OpenConnection())
            {
                secretStore.CheckApplication(connection);
                keyRing.Load(connection);
                attemptKeys.Load(connection);
                mailCodes.Load(connection);
                recoveryCodes.Load(connection);
                passkeyDomain.Check(connection);
            }

            poller.Start();
        },
        cancellationToken);

    /// <summary>Opens the database for a command that does not serve.</summary>
    /// <exception cref="StartException">The database can't be used, with the reason in one line.</exception>
    public Task OpenAsync(CancellationToken cancellationToken) => UseAsync(
        () =>
        {
            using var connection = setup.OpenConnection();
            secretStore.CheckApplication(connection);
            attemptKeys.Load(connection); // a new password forgets the tries
            return Task.CompletedTask;
        },
        cancellationToken);

    /// <summary>Ends every session and replaces the signing keys, in one transaction.</summary>
    /// <returns>The number of sessions that were not over yet.</returns>
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
                await secretStore.ReplaceUnreadableAsync(db, cancellationToken);
                ended = await SessionEnding.EndEverythingAsync(
                    new ContextConnection(db), time.GetUtcNow(), cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            },
            cancellationToken);
        return ended;
    }

    /// <summary>
    /// Migrates the database. Several processes may do so at once, and again after one was killed during it.
    /// </summary>
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

    /// <summary>Runs work on a database that is up to date and not served yet.</summary>
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
                    $"The database {setup.Name} is missing or not up to date: run the command 'migrate', "
                    + "or set Database:MigrateOnStart to true.");
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
            var reason = exception.Message.ReplaceLineEndings(" ");
            throw new StartException(
                $"The database {setup.Name} ({DatabaseOptions.ConnectionKey}) can't be used: {reason}");
        }
    }
}
