using System.Data.Common;
using Microsoft.Data.Sqlite;
using NUnit.Framework.Interfaces;

namespace CleanJwt;

/// <summary>An empty database for one test, with a folder for the files beside it.</summary>
internal sealed class TestDatabase : IDisposable
{
    private readonly string? _name;

    /// <param name="isNew">
    /// Whether the database must not exist yet. Otherwise it may have its tables already, and on SQLite it has.
    /// </param>
    public TestDatabase(DatabaseKind kind, bool isNew = false)
    {
        Kind = kind;
        _name = kind == DatabaseKind.Sqlite ? null : isNew ? TestSqlServer.NewName() : TestSqlServer.Rent();
        if (kind == DatabaseKind.Sqlite && !isNew)
        {
            SqliteTemplate.CopyTo(FilePath);
        }
    }

    public DatabaseKind Kind { get; }

    public string Folder { get; } = Directory.CreateTempSubdirectory("cleanjwt-test-").FullName;

    /// <summary>Of an SQLite database.</summary>
    public string FilePath => Path.Combine(Folder, "data", "cleanjwt.db");

    /// <summary>Whether a test leaves something behind that emptying the tables does not make good.</summary>
    public bool IsSpoilt { get; set; }

    public string ConnectionString => _name is null ? $"Data Source={FilePath}" : TestSqlServer.ConnectionString(_name);

    /// <summary>What the service must be told to use it.</summary>
    public Dictionary<string, string?> Settings => new()
    {
        ["Database:Provider"] = Kind.ToString(),
        ["ConnectionStrings:Default"] = ConnectionString,
    };

    /// <summary>Makes it as an operator would, before any service has started on it. On SQL Server.</summary>
    public void Create() => RunOnMaster($"CREATE DATABASE {_name}");

    /// <summary>Takes the database from all its clients, until it is brought back. On SQL Server.</summary>
    public void TakeOffline() => RunOnMaster($"ALTER DATABASE {_name} SET OFFLINE WITH ROLLBACK IMMEDIATE");

    public void BringOnline() => RunOnMaster($"ALTER DATABASE {_name} SET ONLINE");

    /// <summary>A connection of the test's own, outside any pool.</summary>
    public DbConnection Open()
    {
        if (_name is not null)
        {
            return TestSqlServer.Open(_name);
        }

        var connection = new SqliteConnection($"Data Source={FilePath};Pooling=False");
        connection.Open();
        return connection;
    }

    /// <summary>
    /// Runs SQL that both kinds understand, beside the service. Parameters are positional: <c>@p0</c>, <c>@p1</c>.
    /// Answers are as SQLite gives them: a <see cref="long"/> for whatever counts or is true, text in capitals for a
    /// <see cref="Guid"/>.
    /// </summary>
    public object? Sql(string sql, params object[] parameters)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // all of it is written in the tests
        command.CommandText = sql;
#pragma warning restore CA2100
        for (var i = 0; i < parameters.Length; i++)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ($"@p{i}", parameters[i]);
            command.Parameters.Add(parameter);
        }

        return command.ExecuteScalar() switch
        {
            bool value => value ? 1L : 0L,
            int value => (long)value,
            Guid value => value.ToString().ToUpperInvariant(),
            var value => value,
        };
    }

    public void Dispose()
    {
        if (_name is null)
        {
            SqliteConnection.ClearAllPools();
        }
        else if (!IsSpoilt && TestContext.CurrentContext.Result.Outcome.Status != TestStatus.Failed)
        {
            TestSqlServer.Return(_name);
        }

        Directory.Delete(Folder, recursive: true);
    }

    private static void RunOnMaster(string sql)
    {
        using var master = TestSqlServer.Open("master");
        TestSqlServer.Run(master, sql);
    }
}
