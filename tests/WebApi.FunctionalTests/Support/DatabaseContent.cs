using Microsoft.Data.Sqlite;

namespace CleanJwt.WebApi.FunctionalTests.Support;

/// <summary>Searches every column of every table, so that a test does not depend on a list of places.</summary>
internal static class DatabaseContent
{
    /// <returns>
    /// The columns that hold the text somewhere, whatever its case, such as <c>Sessions.UserAgent</c>.
    /// </returns>
    public static IReadOnlyList<string> ColumnsHolding(this CleanJwtApp app, string text)
    {
        using var connection = new SqliteConnection($"Data Source={app.DatabasePath};Pooling=False");
        connection.Open();
        return [.. Columns(connection).Where(column => Holds(connection, column, text)).Select(
            column => $"{column.Table}.{column.Name}")];
    }

    private static List<(string Table, string Name)> Columns(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT tables.name, columns.name FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns WHERE tables.type = 'table'";
        using var reader = command.ExecuteReader();
        var columns = new List<(string, string)>();
        while (reader.Read())
        {
            columns.Add((reader.GetString(0), reader.GetString(1)));
        }

        return columns;
    }

    /// <summary>Ids count with and without dashes, and as bytes.</summary>
    private static bool Holds(SqliteConnection connection, (string Table, string Name) column, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            $"""
            SELECT COUNT(*) FROM "{column.Table}" WHERE instr(lower(CAST("{column.Name}" AS TEXT)), lower(@text)) > 0
                OR instr(replace(lower(CAST("{column.Name}" AS TEXT)), '-', ''), replace(lower(@text), '-', '')) > 0
                OR instr(CAST("{column.Name}" AS BLOB), @bytes) > 0 OR instr(CAST("{column.Name}" AS BLOB), @bigEndianBytes) > 0
            """;
        var isId = Guid.TryParse(text, out var id);
        command.Parameters.AddWithValue("@text", text);
        command.Parameters.AddWithValue("@bytes", isId ? id.ToByteArray() : DBNull.Value);
        command.Parameters.AddWithValue("@bigEndianBytes", isId ? id.ToByteArray(bigEndian: true) : DBNull.Value);
        return (long)command.ExecuteScalar()! > 0;
    }
}
