using CleanJwt.Application.Abstractions;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Keys;
using CleanJwt.Infrastructure.Revocation;
using Microsoft.Data.SqlClient;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;

namespace CleanJwt.Infrastructure.IntegrationTests;

/// <summary>The poller on a real SQL Server, whose transactions commit in any order. Runs where <c>CLEANJWT_TEST_SQLSERVER</c> names one.</summary>
internal sealed class RevocationPollingOnSqlServer
{
    private const string Insert = "INSERT INTO Revocations (SessionId) VALUES (@session)";

    private readonly string _database = $"cleanjwt_test_{Guid.NewGuid():N}";
    private string _server = null!;

    private string ConnectionString => new SqlConnectionStringBuilder(_server) { InitialCatalog = _database, Pooling = false }.ConnectionString;

    [SetUp]
    public void MakeDatabase()
    {
        if (Environment.GetEnvironmentVariable("CLEANJWT_TEST_SQLSERVER") is not { Length: > 0 } server)
        {
            const string Reason = "CLEANJWT_TEST_SQLSERVER names no SQL Server.";
            if (Environment.GetEnvironmentVariable("CLEANJWT_REQUIRE_SQLSERVER") == "1")
            {
                Assert.Fail(Reason);
            }

            Assert.Ignore(Reason);
            return;
        }

        _server = server;
        Run(_server, $"CREATE DATABASE {_database}");
        Run(_server, $"ALTER DATABASE {_database} SET READ_COMMITTED_SNAPSHOT ON");
        Run(
            ConnectionString,
            """
            CREATE TABLE Revocations (
                Sequence bigint IDENTITY PRIMARY KEY,
                SessionId uniqueidentifier NOT NULL,
                RevokedAt datetime2 NOT NULL DEFAULT SYSUTCDATETIME(),
                KeepUntil datetime2 NOT NULL DEFAULT DATEADD(minute, 65, SYSUTCDATETIME()));
            CREATE TABLE SigningKeys (Sequence int PRIMARY KEY);
            """);
    }

    [TearDown]
    public void DropDatabase()
    {
        if (_server is not null)
        {
            Run(_server, $"ALTER DATABASE {_database} SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE {_database}");
        }
    }

    [Test]
    public void OlderTransactionThatCommitsLast_IsLearnt()
    {
        var list = Revocations.List(TimeProvider.System);
        using var source = new RevocationSource(() => Open(ConnectionString), RevocationSql.SqlServer);
        using var poller = new RevocationPoller(source, list, Mock.Of<IKeyRing>(), new RevocationOptions(), NullLogger<RevocationPoller>.Instance);
        poller.Poll();

        var (older, newer) = (Guid.NewGuid(), Guid.NewGuid());
        using var first = Open(ConnectionString);
        using var firstTransaction = first.BeginTransaction();
        Run(first, firstTransaction, Insert, older);
        using (var second = Open(ConnectionString))
        {
            using var secondTransaction = second.BeginTransaction();
            Run(second, secondTransaction, Insert, newer);
            secondTransaction.Commit();
        }

        poller.Poll();
        Assert.That(list.Check(newer), Is.EqualTo(RevocationVerdict.Revoked));
        Assert.That(list.Check(older), Is.EqualTo(RevocationVerdict.NotRevoked));

        firstTransaction.Commit();
        poller.Poll();
        Assert.That(list.Check(older), Is.EqualTo(RevocationVerdict.Revoked));
    }

    private static SqlConnection Open(string connectionString)
    {
        var connection = new SqlConnection(connectionString);
        connection.Open();
        return connection;
    }

    private static void Run(string connectionString, string sql)
    {
        using var connection = Open(connectionString);
        Run(connection, transaction: null, sql, session: null);
    }

    private static void Run(SqlConnection connection, SqlTransaction? transaction, string sql, Guid? session)
    {
#pragma warning disable CA2100 // the only variable part is the name of the database, made above
        using var command = new SqlCommand(sql, connection, transaction);
#pragma warning restore CA2100
        if (session is not null)
        {
            command.Parameters.AddWithValue("@session", session);
        }

        command.ExecuteNonQuery();
    }
}
