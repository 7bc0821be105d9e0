using System.Data;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>
/// The statements that were executed over a connection, which stay prepared while it is open: to build and prepare one takes longer than to execute it.
/// </summary>
/// <remarks>Not for several threads at once.</remarks>
internal sealed class KeptStatements
{
    private readonly Dictionary<string, SqliteCommand> _commands = [];
    private readonly Dictionary<string, PreparedStatement> _searches = [];

    public KeptStatements(SqliteConnection connection)
    {
        Connection = connection;

        // It has disposed of its commands by then. One that was used again would be unknown to it, and stay with a handle that another connection may have next.
        connection.StateChange += (_, change) =>
        {
            if (change.CurrentState == ConnectionState.Closed)
            {
                _commands.Clear();
                foreach (var search in _searches.Values)
                {
                    search.Dispose();
                }

                _searches.Clear();
            }
        };
    }

    /// <summary>Whose statements these are.</summary>
    public SqliteConnection Connection { get; }

    /// <param name="statement">Its text is kept for good, so there must be few; what differs from one execution to the next belongs into its holes.</param>
    /// <param name="transaction">Null outside of one.</param>
    /// <returns>How many rows it has changed.</returns>
    /// <exception cref="SqliteException">The database failed, or stayed locked for the connection's time-out.</exception>
    public int Execute(FormattableString statement, SqliteTransaction? transaction)
    {
        if (!_commands.TryGetValue(statement.Format, out var command))
        {
            _commands.Add(statement.Format, command = CommandFor(statement));
        }

        for (var i = 0; i < statement.ArgumentCount; i++)
        {
            command.Parameters[i].Value = statement.GetArgument(i) ?? DBNull.Value;
        }

        command.Transaction = transaction;
        return command.ExecuteNonQuery();
    }

    /// <param name="search">Its text is kept for good, as that of a statement is.</param>
    /// <inheritdoc cref="PreparedStatement.Find"/>
    public T? Find<T>(string search, Guid id, Func<PreparedStatement, T> read)
    {
        if (!_searches.TryGetValue(search, out var prepared))
        {
            _searches.Add(search, prepared = new PreparedStatement(Connection, search));
        }

        return prepared.Find(id, read);
    }

    private SqliteCommand CommandFor(FormattableString statement)
    {
        var command = Connection.CreateCommand();
        var names = Enumerable.Range(0, statement.ArgumentCount).Select(number => $"$p{number}").ToArray();
#pragma warning disable CA2100 // the names of parameters are all that is filled in
        command.CommandText = string.Format(CultureInfo.InvariantCulture, statement.Format, names);
#pragma warning restore CA2100
        command.Parameters.AddRange(names.Select(name => new SqliteParameter { ParameterName = name }));
        return command;
    }
}
