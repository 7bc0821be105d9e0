using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>
/// A statement that is prepared once, when it is first asked, and finds at most one row, by an id or by nothing. A command and a reader of Microsoft.Data.Sqlite are made anew for
/// each execution, and take more time and memory than what is executed.
/// </summary>
/// <remarks>Values are as EF Core writes them. Not for several threads at once.</remarks>
/// <param name="connection">Open.</param>
/// <param name="sql">Its one parameter, if it has one, is the id.</param>
internal sealed class PreparedStatement(SqliteConnection connection, string sql) : IDisposable
{
    private sqlite3_stmt? _statement;

    /// <param name="id">Null for a statement without a parameter.</param>
    /// <param name="read">Called with this when there is a row, for its columns.</param>
    /// <returns>What was read; null when there is no row.</returns>
    /// <exception cref="SqliteException">The database failed, or stayed locked for the connection's time-out.</exception>
    public T? Find<T>(Guid? id, Func<PreparedStatement, T> read)
    {
        _statement ??= Prepare();
        try
        {
            if (id is { } value)
            {
                Bind(value);
            }

            var result = raw.sqlite3_step(_statement);
            if (result == raw.SQLITE_ROW)
            {
                return read(this);
            }

            Check(result == raw.SQLITE_DONE ? raw.SQLITE_OK : result);
            return default;
        }
        finally
        {
            raw.sqlite3_reset(_statement); // says again what the step has said
        }
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public int Integer(int column) => raw.sqlite3_column_int(_statement, column);

    public string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public Guid Id(int column) => Guid.Parse(Bytes(column));

    public Guid? IdOrNull(int column) => IsNull(column) ? null : Id(column);

    public DateTimeOffset Moment(int column)
    {
        var bytes = Bytes(column);
        Span<char> text = stackalloc char[bytes.Length];
        Encoding.UTF8.GetChars(bytes, text);
        return DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
    }

    public DateTimeOffset? MomentOrNull(int column) => IsNull(column) ? null : Moment(column);

    public void Dispose() => _statement?.Dispose();

    private sqlite3_stmt Prepare()
    {
        Check(raw.sqlite3_prepare_v2(connection.Handle, sql, out var statement));
        return statement;
    }

    private void Bind(Guid id)
    {
        Span<byte> text = stackalloc byte[36];
        id.TryFormat(text, out _, "D");
        Ascii.ToUpperInPlace(text, out _);
        Check(raw.sqlite3_bind_text(_statement, 1, text));
    }

    private ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, connection.Handle);
}
