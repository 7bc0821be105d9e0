using Microsoft.Data.Sqlite;

namespace CleanJwt;

/// <summary>Runs SQL beside the service, as an operator could.</summary>
internal static class SqliteScript
{
    public static object? Scalar(string databasePath, string sql, params object[] parameters)
    {
        using var connection = new SqliteConnection($"Data Source={databasePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < parameters.Length; i++)
        {
            command.Parameters.AddWithValue($"@p{i}", parameters[i]);
        }

        return command.ExecuteScalar();
    }
}
