using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>A query for one row by its id, written by hand and kept with its context's connection, so that SQLite prepares it once.</summary>
/// <param name="sql">Has one parameter, <c>$id</c>.</param>
internal sealed class KeptQuery<T>(string sql, Func<SqliteDataReader, T> read)
    where T : class
{
    private SqliteCommand? _command;

    /// <returns>Null when there is no such row.</returns>
    public T? Find(DatabaseFacade database, Guid id)
    {
        database.OpenConnection();
        try
        {
            var command = CommandOf((SqliteConnection)database.GetDbConnection());
            command.Transaction = (SqliteTransaction?)database.CurrentTransaction?.GetDbTransaction();
            command.CommandTimeout = database.GetCommandTimeout() ?? command.Connection!.DefaultTimeout;
            command.Parameters[0].Value = id;
            using var row = command.ExecuteReader();
            return row.Read() ? read(row) : null;
        }
        finally
        {
            database.CloseConnection(); // if it was opened here
        }
    }

    private SqliteCommand CommandOf(SqliteConnection connection)
    {
        if (_command?.Connection != connection)
        {
            _command = connection.CreateCommand();
            _command.CommandText = sql;
            _command.Parameters.Add("$id", SqliteType.Text);
        }

        return _command;
    }
}
