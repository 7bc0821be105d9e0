using System.Data.Common;
using System.Runtime.InteropServices;
using CleanJwt.Infrastructure.Settings;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>The SQLite database file, and the files beside it.</summary>
internal sealed class SqliteFile : IPollingConnections
{
    private const int PollingLockTimeout = 1;

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

    /// <summary>Opens a connection that waits for a lock for a second at most. The next poll tries again.</summary>
    public DbConnection OpenForPolling() => Open(PollingLockTimeout, _ => { });

    /// <summary>
    /// Checks whether the file is no longer where it was opened. Windows does not let an open file be moved.
    /// </summary>
    public static bool HasMoved(SqliteConnection connection)
    {
        const int FileControlHasMoved = 20; // https://sqlite.org/c3ref/c_fcntl_begin_atomic_write.html
        var hasMoved = 0;
        return FileControl(connection.Handle!.DangerousGetHandle(), 0, FileControlHasMoved, ref hasMoved) == 0
            && hasMoved != 0;
    }

    // SQLitePCLRaw has no method for this. Without a name the database is the main one.
    [DllImport("e_sqlite3", EntryPoint = "sqlite3_file_control")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static extern int FileControl(nint connection, nint name, int operation, ref int value);

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
