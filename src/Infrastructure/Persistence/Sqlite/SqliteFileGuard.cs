using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>
/// Notices that the database file was moved, replaced or deleted while the service runs. Until the file is back,
/// nothing is written, and no connection is opened to another file. Windows does not let an open file be moved.
/// </summary>
internal sealed class SqliteFileGuard(SqliteFile file, ConnectionObservers observers) : IDisposable
{
    private readonly Lazy<SqliteConnection> _first = new(() => file.Open(observers));

    /// <exception cref="DatabaseUnavailableException">The file is not the one that the service began with.</exception>
    public void Check()
    {
        if (HasMoved(_first.Value))
        {
            throw new DatabaseUnavailableException(
                $"The database file '{file.FilePath}' was moved, replaced or deleted. "
                + "Put it back, or restart the service to open the present file.");
        }
    }

    public void Dispose()
    {
        if (_first.IsValueCreated)
        {
            _first.Value.Dispose();
        }
    }

    private static bool HasMoved(SqliteConnection connection)
    {
        const int FileControlHasMoved = 20; // https://sqlite.org/c3ref/c_fcntl_begin_atomic_write.html
        var hasMoved = 0;
        return FileControl(connection.Handle!, 0, FileControlHasMoved, ref hasMoved) == 0
            && hasMoved != 0;
    }

    // SQLitePCLRaw has no method for this. Without a name the database is the main one. A SafeHandle is not closed during
    // the call.
    [DllImport("e_sqlite3", EntryPoint = "sqlite3_file_control")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static extern int FileControl(SafeHandle connection, nint name, int operation, ref int value);
}
