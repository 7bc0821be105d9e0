using System.Data.Common;

namespace CleanJwt;

internal static class Queries
{
    /// <summary>Reads one column of text, whole.</summary>
    /// <param name="connection">Open.</param>
    public static List<string> Texts(this DbConnection connection, string sql, int column = 0)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var texts = new List<string>();
        while (reader.Read())
        {
            texts.Add(reader.GetString(column));
        }

        return texts;
    }
}
