using System.Data.Common;
using CleanJwt.Application.Ports;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Keys;
using CleanJwt.Infrastructure.Persistence.Statements;
using CleanJwt.Infrastructure.Revocation;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;

namespace CleanJwt.Infrastructure.IntegrationTests.Revocation;

/// <summary>The revocation poller on SQL Server, which commits transactions in any order.</summary>
[OnDatabases(DatabaseKind.SqlServer)]
internal sealed class CommitsOutOfOrder(DatabaseKind kind)
{
    [Test]
    public async Task OlderTransactionThatCommitsLast_IsLearnt()
    {
        using var database = new TestDatabase(kind);
        await (await Node.StartAsync(database)).DisposeAsync();
        var list = Revocations.List(TimeProvider.System);
        using var source = new RevocationSource(database.Open, RevocationSql.SqlServer, new RevocationOptions());
        using var poller = new RevocationPoller(
            source, list, Mock.Of<IKeyRing>(), new RevocationOptions(), NullLogger<RevocationPoller>.Instance);
        poller.Poll();

        var (older, newer) = (Guid.NewGuid(), Guid.NewGuid());
        await using var first = database.Open();
        await using var firstTransaction = await first.BeginTransactionAsync();
        await RevokeAsync(older, firstTransaction);
        await using (var second = database.Open())
        {
            await using var secondTransaction = await second.BeginTransactionAsync();
            await RevokeAsync(newer, secondTransaction);
            await secondTransaction.CommitAsync();
        }

        poller.Poll();
        Assert.That(list.Check(newer), Is.EqualTo(RevocationVerdict.Revoked));
        Assert.That(list.Check(older), Is.EqualTo(RevocationVerdict.NotRevoked));

        await firstTransaction.CommitAsync();
        poller.Poll();
        Assert.That(list.Check(older), Is.EqualTo(RevocationVerdict.Revoked));
    }

    private static async Task RevokeAsync(Guid session, DbTransaction transaction)
    {
        await using var command = transaction.Connection!.CreateCommand();
        (command.Transaction, command.CommandText) = (
            transaction, "INSERT INTO Revocations (SessionId) VALUES (@session)");
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("@session", session);
        command.Parameters.Add(parameter);
        await command.ExecuteNonQueryAsync();
    }
}
