using System.Collections.Concurrent;
using DotNet.Testcontainers.Configurations;
using Microsoft.Data.SqlClient;
using Testcontainers.MsSql;

namespace CleanJwt;

/// <summary>The SQL Server of this process's tests, and its databases, which one test after another uses.</summary>
[SetUpFixture]
internal sealed class TestSqlServer
{
    /// <summary>
    /// A connection string to a server whose user may make databases. Which database it names does not matter.
    /// </summary>
    public const string Variable = "CLEANJWT_TEST_SQLSERVER";

    /// <summary>With 1, tests that find no SQL Server fail.</summary>
    public const string RequireVariable = "CLEANJWT_REQUIRE_SQLSERVER";

    private const string Image = "mcr.microsoft.com/mssql/server:2022-latest";

    private static readonly string? Named = Environment.GetEnvironmentVariable(
        Variable) is { Length: > 0 } named ? named : null;
    private static readonly ConcurrentBag<string> Made = [];
    private static readonly ConcurrentBag<string> Free = [];
    private static readonly Lazy<string> Server = new(() =>
    {
        var server = Named ?? StartContainer();
        using var connection = new SqlConnection(
            new SqlConnectionStringBuilder(server) { InitialCatalog = "master" }.ConnectionString);
        connection.Open(); // once, so that a server that does not answer fails each test at once
        return server;
    });

    private static MsSqlContainer? _container;

    /// <summary>Why there is none, or null where there is one.</summary>
    public static string? Missing { get; } = Named is not null
        || TestcontainersSettings.OS.DockerEndpointAuthConfig is not null
        ? null
        : $"{Variable} names no server, and no Docker engine answers that could run one.";

    public static bool IsRequired { get; } = Environment.GetEnvironmentVariable(RequireVariable) == "1";

    /// <returns>The name of a database that is not there, or that has its tables and nothing in them.</returns>
    public static string Rent()
    {
        if (!Free.TryTake(out var database))
        {
            return NewName();
        }

        Empty(database);
        return database;
    }

    /// <returns>The name of a database that is not there.</returns>
    public static string NewName()
    {
        var name = $"cleanjwt_test_{Guid.NewGuid():N}";
        _ = Server.Value;
        Made.Add(name);
        return name;
    }

    /// <summary>Lets the next test have it.</summary>
    public static void Return(string database) => Free.Add(database);

    public static string ConnectionString(string database) =>
        new SqlConnectionStringBuilder(Server.Value) { InitialCatalog = database }.ConnectionString;

    public static SqlConnection Open(string database)
    {
        var connection = new SqlConnection(
            new SqlConnectionStringBuilder(ConnectionString(database)) { Pooling = false }.ConnectionString);
        connection.Open();
        return connection;
    }

    public static void Run(SqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // all of it is written in the tests
        using var command = new SqlCommand(sql, connection);
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    [OneTimeTearDown]
    public static async Task StopAsync()
    {
        if (_container is not null)
        {
            await _container.DisposeAsync();
        }
        else if (!Made.IsEmpty)
        {
            SqlConnection.ClearAllPools();
            using var master = Open("master");
            foreach (var database in Made)
            {
                Run(
                    master,
                    $"""
                    IF DB_ID('{database}') IS NOT NULL
                    BEGIN
                        ALTER DATABASE {database} SET SINGLE_USER WITH ROLLBACK IMMEDIATE;
                        DROP DATABASE {database};
                    END
                    """);
            }
        }
    }

    private static string StartContainer()
    {
        _container = new MsSqlBuilder(Image).Build();
        _container.StartAsync().GetAwaiter().GetResult();
        return _container.GetConnectionString();
    }

    private static void Empty(string database)
    {
        using var connection = Open(database);
        foreach (var table in Tables(connection))
        {
            Run(connection, $"DELETE FROM [{table}]");
        }

        Run(connection, "UPDATE Guards SET Version = 0");
    }

    /// <returns>All but the guards and the migrations, whatever rows of others name last.</returns>
    private static List<string> Tables(SqlConnection connection)
    {
        using var command = new SqlCommand(
            """
            SELECT name FROM sys.tables WHERE is_ms_shipped = 0 AND name NOT IN ('__EFMigrationsHistory', 'Guards')
            ORDER BY (SELECT COUNT(*) FROM sys.foreign_keys WHERE referenced_object_id = sys.tables.object_id)
            """,
            connection);
        using var reader = command.ExecuteReader();
        var tables = new List<string>();
        while (reader.Read())
        {
            tables.Add(reader.GetString(0));
        }

        return tables;
    }
}
