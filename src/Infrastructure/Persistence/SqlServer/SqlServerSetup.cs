using System.Data.Common;
using CleanJwt.Infrastructure.Persistence.Setup;
using CleanJwt.Infrastructure.Settings;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace CleanJwt.Infrastructure.Persistence.SqlServer;

internal sealed partial class SqlServerSetup(
    SqlServerConnection connection, DatabaseOptions options, IServiceProvider services, ILogger<SqlServerSetup> logger)
    : IDatabaseSetup
{
    private const int WarmConnections = 10;
    private const int NoSuchDatabase = 4060;
    private const int DatabaseExists = 1801;

    /// <summary>https://learn.microsoft.com/sql/t-sql/functions/options-transact-sql</summary>
    internal const string CountsNoRows = "SELECT @@OPTIONS & 512";

    internal const string UseRowVersions =
        """
        IF (SELECT is_read_committed_snapshot_on FROM sys.databases WHERE database_id = DB_ID()) = 0
            ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE;
        """;

    /// <summary>
    /// https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-getapplock-transact-sql
    /// </summary>
    private const string TakeLock = "sp_getapplock";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(10);

    /// <summary>Long enough to build an index on a large table.</summary>
    private static readonly TimeSpan MigrationTimeout = TimeSpan.FromHours(1);

    public string Name => connection.Name;

    public async Task<bool> IsUpToDateAsync(CancellationToken cancellationToken)
    {
        if (!await ExistsAsync(cancellationToken))
        {
            return false;
        }

        await using var db = OpenContext();
        return !(await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any();
    }

    /// <returns>False when the server answers and the database does not exist.</returns>
    private async Task<bool> ExistsAsync(CancellationToken cancellationToken)
    {
        var logged = -LogInterval;
        for (var started = TimeProvider.System.GetTimestamp(); ; await Task.Delay(Pause, cancellationToken))
        {
            try
            {
                return await TryOpenAsync(
                    options.StartTimeout - TimeProvider.System.GetElapsedTime(started), cancellationToken);
            }
            catch (SqlException exception)
            {
                var waited = TimeProvider.System.GetElapsedTime(started);
                var reason = exception.Message.ReplaceLineEndings(" ");
                if (waited > options.StartTimeout)
                {
                    throw new StartException(
                        $"The database {Name} ({DatabaseOptions.ConnectionKey}) could not be reached within "
                        + $"Database:StartTimeout ({options.StartTimeout}): {reason}");
                }

                if (waited >= logged + LogInterval)
                {
                    LogWaiting(logger, Name, waited, options.StartTimeout, reason);
                    logged = waited;
                }
            }
        }
    }

    public AppDbContext OpenContext()
    {
        var builder = new DbContextOptionsBuilder<SqlServerDbContext>();
        builder
            .UseSqlServer(
                connection.SetupConnectionString, sql => sql.CommandTimeout((int)MigrationTimeout.TotalSeconds))
            .UseServices(services);
        return new SqlServerDbContext(builder.Options);
    }

    public DbConnection OpenConnection() => connection.OpenForSetup();

    public async Task PrepareToServeAsync(CancellationToken cancellationToken)
    {
        // All at once, so that the pool opens as many. Otherwise the first requests would queue for one new connection
        // after the other.
        await Task.WhenAll(Enumerable.Range(0, WarmConnections).Select(_ => CheckOptionsAsync(cancellationToken)));
    }

    // With NOCOUNT on, every statement reports -1 changed rows, and each conditional write would seem to have lost.
    private async Task CheckOptionsAsync(CancellationToken cancellationToken)
    {
        await using var pooled = await OpenAsync(connection.ConnectionString, cancellationToken);
        await using var command = new SqlCommand(CountsNoRows, pooled);
        if (await command.ExecuteScalarAsync(cancellationToken) is not 0)
        {
            throw new StartException(
                $"The server of {Name} turns NOCOUNT on for every connection ('user options' of sp_configure); "
                + "allowed: off, because the service reads how many rows a statement has changed.");
        }
    }

    public async Task MigrateAsync(Func<Task> complete, CancellationToken cancellationToken)
    {
        await using var db = OpenContext();
        if (!await ExistsAsync(cancellationToken))
        {
            await CreateAsync(cancellationToken);
            await ExistsAsync(cancellationToken);
        }

        await using var held = await LockAsync(cancellationToken);
        await UseRowVersionsAsync(held, cancellationToken);
        if ((await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any())
        {
            await db.Database.MigrateAsync(cancellationToken);
        }

        await complete();
    }

    /// <returns>False when the server answers and the database does not exist.</returns>
    private async Task<bool> TryOpenAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        try
        {
            await using var opened = await OpenAsync(connection.SetupConnectionStringWithin(within), cancellationToken);
            return true;
        }
        catch (SqlException exception) when (exception.Number == NoSuchDatabase)
        {
            if (await IsKnownAsync(cancellationToken))
            {
                throw; // the database exists, but is not ready or not open to this user
            }

            return false;
        }
    }

    private async Task<bool> IsKnownAsync(CancellationToken cancellationToken)
    {
        await using var master = await OpenAsync(connection.MasterConnectionString, cancellationToken);
        await using var command = new SqlCommand("SELECT COUNT(*) FROM sys.databases WHERE name = @name", master);
        command.Parameters.AddWithValue("@name", connection.Database);
        return await command.ExecuteScalarAsync(cancellationToken) is not 0;
    }

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var master = await OpenAsync(connection.MasterConnectionString, cancellationToken);
            using var names = new SqlCommandBuilder();
            await ExecuteAsync(
                master, $"CREATE DATABASE {names.QuoteIdentifier(connection.Database)}", cancellationToken);
        }
        catch (SqlException exception) when (exception.Number == DatabaseExists)
        {
            // Another node created it first.
        }
    }

    /// <summary>
    /// Takes the migration lock. The server releases it when the connection closes, however the process ends.
    /// </summary>
    private async Task<SqlConnection> LockAsync(CancellationToken cancellationToken)
    {
        var held = await OpenAsync(connection.SetupConnectionString, cancellationToken);
        try
        {
            await using var command = new SqlCommand(
                TakeLock, held)
            { CommandType = System.Data.CommandType.StoredProcedure };
            command.CommandTimeout = (int)Math.Ceiling((options.StartTimeout + options.CommandTimeout).TotalSeconds);
            command.Parameters.AddWithValue("@Resource", "CleanJwt.Migration");
            command.Parameters.AddWithValue("@LockMode", "Exclusive");
            command.Parameters.AddWithValue("@LockOwner", "Session");
            command.Parameters.AddWithValue("@LockTimeout", (int)options.StartTimeout.TotalMilliseconds);
            var outcome = new SqlParameter
            {
                ParameterName = "@ReturnValue",
                Direction = System.Data.ParameterDirection.ReturnValue,
            };
            command.Parameters.Add(outcome);
            await command.ExecuteNonQueryAsync(cancellationToken);
            if (outcome.Value is < 0)
            {
                throw new StartException(
                    $"Another process has been migrating {Name} for longer than "
                    + $"Database:StartTimeout ({options.StartTimeout}).");
            }

            return held;
        }
        catch
        {
            await held.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Lets readers read row versions instead of waiting for writers. Changing this rolls back all other transactions
    /// of the database, so the connection that holds the lock does it.
    /// </summary>
    private async Task UseRowVersionsAsync(SqlConnection held, CancellationToken cancellationToken)
    {
        try
        {
            await ExecuteAsync(held, UseRowVersions, cancellationToken);
        }
        catch (SqlException exception)
        {
            LogNoRowVersions(logger, Name, exception.Message.ReplaceLineEndings(" "));
        }
    }

    private static async Task ExecuteAsync(SqlConnection opened, string text, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // a constant, or a quoted name
        await using var command = new SqlCommand(text, opened) { CommandTimeout = (int)MigrationTimeout.TotalSeconds };
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<SqlConnection> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        var opened = new SqlConnection(connectionString);
        try
        {
            await opened.OpenAsync(cancellationToken);
            return opened;
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    [LoggerMessage(
        LogLevel.Warning, "Waiting for the database {Name}, since {Waited:c} and at most {Limit:c}: {Reason}")]
    private static partial void LogWaiting(ILogger logger, string name, TimeSpan waited, TimeSpan limit, string reason);

    [LoggerMessage(
        LogLevel.Warning,
        "READ_COMMITTED_SNAPSHOT can't be turned on for {Name}, so readers wait for writers. "
        + "Ask the database's administrator to run ALTER DATABASE … SET READ_COMMITTED_SNAPSHOT ON: {Reason}")]
    private static partial void LogNoRowVersions(ILogger logger, string name, string reason);
}
