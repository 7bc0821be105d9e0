using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>
/// Runs SQL text over one open connection. Each text is prepared once and stays prepared, because preparing takes
/// longer than executing.
/// </summary>
/// <remarks>
/// The texts are few and fixed: what differs from one execution to the next is a parameter. One thread at a time may
/// use this.
/// </remarks>
internal sealed class SqliteStatements(SqliteConnection connection)
{
    private readonly Dictionary<string, SqliteCommand> _commands = [];

    /// <returns>The number of rows changed.</returns>
    /// <exception cref="SqliteException">
    /// The database failed, or stayed locked for the connection's time-out.
    /// </exception>
    public int Execute(FormattableString statement, SqliteTransaction? transaction) =>
        Prepare(statement, transaction).ExecuteNonQuery();

    /// <exception cref="SqliteException">
    /// The database failed, or stayed locked for the connection's time-out.
    /// </exception>
    public List<T> List<T>(FormattableString query, Func<DbDataReader, T> read, SqliteTransaction? transaction)
    {
        var rows = new List<T>();
        using var reader = Prepare(query, transaction).ExecuteReader();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    /// <returns>The first row, or null when there is none.</returns>
    /// <exception cref="SqliteException">
    /// The database failed, or stayed locked for the connection's time-out.
    /// </exception>
    public T? Find<T>(FormattableString query, Func<DbDataReader, T> read, SqliteTransaction? transaction)
    {
        using var reader = Prepare(query, transaction).ExecuteReader();
        return reader.Read() ? read(reader) : default;
    }

    private SqliteCommand Prepare(FormattableString statement, SqliteTransaction? transaction)
    {
        if (!_commands.TryGetValue(statement.Format, out var command))
        {
            _commands.Add(statement.Format, command = CreateCommand(statement));
        }

        for (var i = 0; i < statement.ArgumentCount; i++)
        {
            command.Parameters[i].Value = statement.GetArgument(i) ?? DBNull.Value;
        }

        command.Transaction = transaction;
        return command;
    }

    private SqliteCommand CreateCommand(FormattableString statement)
    {
        var command = connection.CreateCommand();
        var names = Enumerable.Range(0, statement.ArgumentCount).Select(number => $"$p{number}").ToArray();
#pragma warning disable CA2100 // only the names of parameters are filled in
        command.CommandText = string.Format(CultureInfo.InvariantCulture, statement.Format, names);
#pragma warning restore CA2100
        command.Parameters.AddRange(names.Select(name => new SqliteParameter { ParameterName = name }));
        return command;
    }
}
