using System.Data.Common;
using CleanJwt.Infrastructure.Revocation;
using CleanJwt.Infrastructure.Settings;
using Microsoft.Data.SqlClient;
using Microsoft.Extensions.Configuration;

namespace CleanJwt.Infrastructure.Persistence.SqlServer;

/// <summary>The connection strings to one database of a SQL Server, each with the time-outs of its purpose.</summary>
internal sealed class SqlServerConnection : IPollingConnections
{
    private readonly SqlConnectionStringBuilder _connection;

    public SqlServerConnection(IConfiguration configuration, DatabaseOptions options)
    {
        _connection = Parse(configuration[DatabaseOptions.ConnectionKey]);
        var seconds = (int)Math.Ceiling(options.CommandTimeout.TotalSeconds);
        _connection.ConnectTimeout = _connection.ConnectTimeout is > 0 and var own ? Math.Min(
            own, seconds) : seconds; // 0 means no limit
        _connection.CommandTimeout = seconds;

        // SqlServerDatabase alone decides about retries.
        _connection.ConnectRetryCount = 0;

        // By default the pool refuses connections for up to a minute after a failure, even if the server is back.
        _connection.PoolBlockingPeriod = PoolBlockingPeriod.NeverBlock;
    }

    public string Database => _connection.InitialCatalog;

    /// <summary>The name by which an operator knows the database.</summary>
    public string Name => $"'{Database}' on '{_connection.DataSource}'";

    /// <summary>The connection string for requests.</summary>
    public string ConnectionString => _connection.ConnectionString;

    /// <summary>The connection string for the work before requests are served. It uses no pool.</summary>
    public string SetupConnectionString => Outside(Database).ConnectionString;

    /// <summary>
    /// The connection string for a connection that must be open within a time, which is rounded up to one second.
    /// </summary>
    public string SetupConnectionStringWithin(TimeSpan time)
    {
        var builder = Outside(Database);
        builder.ConnectTimeout = Math.Clamp((int)time.TotalSeconds, 1, builder.ConnectTimeout);
        return builder.ConnectionString;
    }

    /// <summary>The connection string to the database <c>master</c> of the same server.</summary>
    public string MasterConnectionString => Outside("master").ConnectionString;

    public DbConnection OpenForPolling()
    {
        var builder = Outside(Database);
        builder.ConnectTimeout = (int)RevocationSource.ConnectTimeout.TotalSeconds;
        return Open(builder.ConnectionString);
    }

    /// <summary>Opens a connection for the work before requests are served. It uses no pool.</summary>
    public DbConnection OpenForSetup() => Open(SetupConnectionString);

    private static SqlConnection Open(string connectionString)
    {
        var connection = new SqlConnection(connectionString);
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static SqlConnectionStringBuilder Parse(string? connectionString)
    {
        try
        {
            var builder = new SqlConnectionStringBuilder(connectionString) { MultipleActiveResultSets = false };
            if (builder.DataSource.Length > 0 && builder.InitialCatalog.Length > 0)
            {
                if (!builder.ShouldSerialize("Application Name"))
                {
                    builder.ApplicationName = "CleanJwt";
                }

                return builder;
            }
        }
        catch (Exception exception) when (
            exception is ArgumentException or FormatException or InvalidCastException or KeyNotFoundException)
        {
            // Its message quotes the connection string, which may hold a password.
        }

        throw new StartException(
            $"{DatabaseOptions.ConnectionKey} can't be used; allowed for SQL Server: "
            + "'Server=HOST;Database=NAME;User Id=USER;Password=PASSWORD', or another form of its documentation.");
    }

    private SqlConnectionStringBuilder Outside(string database) =>
        new(_connection.ConnectionString) { InitialCatalog = database, Pooling = false };
}
