using System.Data.Common;
using CleanJwt.Infrastructure.Revocation;
using CleanJwt.Infrastructure.Settings;
using Microsoft.Data.SqlClient;
using Microsoft.Extensions.Configuration;

namespace CleanJwt.Infrastructure.Persistence.SqlServer;

/// <summary>Which SQL Server and which of its databases, with the time-outs that suit what the connection is for.</summary>
internal sealed class SqlServerConnection : IPollingConnections
{
    private readonly SqlConnectionStringBuilder _connection;

    public SqlServerConnection(IConfiguration configuration, DatabaseOptions options)
    {
        _connection = Parse(configuration[DatabaseOptions.ConnectionKey]);
        var seconds = (int)Math.Ceiling(options.CommandTimeout.TotalSeconds);
        _connection.ConnectTimeout = _connection.ConnectTimeout is > 0 and var own ? Math.Min(own, seconds) : seconds; // 0 would be for ever
        _connection.CommandTimeout = seconds;

        // Who tries again, and how often, is decided in one place: SqlServerDatabase.
        _connection.ConnectRetryCount = 0;

        // After a failure the pool would otherwise refuse by itself for up to a minute, whatever has become of the server.
        _connection.PoolBlockingPeriod = PoolBlockingPeriod.NeverBlock;
    }

    public string Database => _connection.InitialCatalog;

    /// <summary>What an operator knows the database by.</summary>
    public string Name => $"'{Database}' on '{_connection.DataSource}'";

    /// <summary>For requests.</summary>
    public string ConnectionString => _connection.ConnectionString;

    /// <summary>For what is done before requests are served, outside the pool.</summary>
    public string SetupConnectionString => Outside(Database).ConnectionString;

    /// <summary>Likewise, for a connection that should be open before a time is over. At least a second is given.</summary>
    public string SetupConnectionStringWithin(TimeSpan time)
    {
        var builder = Outside(Database);
        builder.ConnectTimeout = Math.Clamp((int)time.TotalSeconds, 1, builder.ConnectTimeout);
        return builder.ConnectionString;
    }

    /// <summary>The same server's database of databases.</summary>
    public string MasterConnectionString => Outside("master").ConnectionString;

    public DbConnection OpenForPolling()
    {
        var builder = Outside(Database);
        builder.ConnectTimeout = (int)RevocationSource.Timeout.TotalSeconds;
        return Open(builder.ConnectionString);
    }

    /// <summary>A connection outside the pool, for what is done before requests are served.</summary>
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
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidCastException or KeyNotFoundException)
        {
            // Its message quotes the connection string, which may hold a password.
        }

        throw new StartException(
            $"{DatabaseOptions.ConnectionKey} can't be used; allowed for SQL Server: 'Server=HOST;Database=NAME;User Id=USER;Password=PASSWORD', or as its documentation has it.");
    }

    private SqlConnectionStringBuilder Outside(string database) =>
        new(_connection.ConnectionString) { InitialCatalog = database, Pooling = false };
}
