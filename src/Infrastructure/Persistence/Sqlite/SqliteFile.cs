using System.Data.Common;
using CleanJwt.Infrastructure.Settings;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>The SQLite database file, and the files beside it.</summary>
internal sealed class SqliteFile : IPollingConnections
{
    private readonly SqliteConnectionStringBuilder _connection;

    public SqliteFile(IConfiguration configuration, IHostEnvironment environment, DatabaseOptions options)
    {
        _connection = Parse(configuration[DatabaseOptions.ConnectionKey] ?? "Data Source=data/cleanjwt.db");
        FilePath = Path.GetFullPath(_connection.DataSource, environment.ContentRootPath);
        _connection.DataSource = FilePath;
        _connection.Mode = SqliteOpenMode.ReadWrite;
        _connection.DefaultTimeout = (int)Math.Ceiling(options.CommandTimeout.TotalSeconds);
    }

    public string FilePath { get; }

    public string Folder => Path.GetDirectoryName(FilePath)!;

    /// <summary>
    /// The file that a migrating process locks. The operating system releases the lock when the process ends, however
    /// it ends.
    /// </summary>
    public string LockPath => FilePath + ".migrating";

    /// <summary>The connection string for requests. It does not create a missing file.</summary>
    public string ConnectionString => _connection.ConnectionString;

    /// <summary>Opens a connection for requests, outside the pool of Microsoft.Data.Sqlite.</summary>
    public SqliteConnection Open(ConnectionObservers observers) => Open(_connection.DefaultTimeout, observers.OnOpened);

    /// <summary>Opens a connection without the pragmas of writers. Reading waits for no lock.</summary>
    public DbConnection OpenForPolling() => Open(_connection.DefaultTimeout, _ => { });

    private static SqliteConnectionStringBuilder Parse(string connectionString)
    {
        try
        {
            var builder = new SqliteConnectionStringBuilder(connectionString);
            if (builder.DataSource.Length > 0
                && !builder.DataSource.StartsWith(':')
                && !builder.DataSource.StartsWith("file:", StringComparison.Ordinal)
                && builder.Mode is SqliteOpenMode.ReadWrite or SqliteOpenMode.ReadWriteCreate
                && builder.Password.Length == 0) // the embedded SQLite does not encrypt
            {
                return builder;
            }
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidCastException)
        {
            // Its message quotes the connection string, which may hold a password.
        }

        throw new StartException(
            $"{DatabaseOptions.ConnectionKey} can't be used; allowed for SQLite: 'Data Source=FILE', "
            + "a file that this process may write, without a password.");
    }

    private SqliteConnection Open(int timeoutSeconds, Action<SqliteConnection> onOpened)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder(
                ConnectionString)
            { Pooling = false, DefaultTimeout = timeoutSeconds }.ConnectionString);
        try
        {
            connection.Open();
            onOpened(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
