using CleanJwt.Application.Accounts;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using Microsoft.Extensions.Time.Testing;
using Moq;
using static CleanJwt.Application.UnitTests.Sessions.SessionFixture;

namespace CleanJwt.Application.UnitTests.Accounts;

/// <summary>Deleting the caller's account.</summary>
internal sealed class DeletingTheAccount
{
    private readonly Mock<IAccountSecurity> _security = new(MockBehavior.Strict);

    [Test]
    public async Task OwnAccount_IsDeletedWithoutAnAuditEntry()
    {
        Deletion(default(Done));

        Assert.That((await DeleteAsync()).IsSuccess, Is.True);
    }

    [Test]
    public async Task LastAdministrator_IsPassedOn()
    {
        Deletion(AccountErrors.LastAdmin);

        Assert.That((await DeleteAsync()).Error, Is.SameAs(AccountErrors.LastAdmin));
    }

    // A client that disconnects must not stop it.
    private void Deletion(Result<Done> result) => _security
        .Setup(security => security.DeleteAsync(
            Ada.Id,
            It.Is<AuditContext>(
                audit => audit.At == Now && audit.ActorSessionId == FifthGeneration.Id && audit.Entries.Count == 0),
            It.Is<CancellationToken>(token => !token.CanBeCanceled)))
        .ReturnsAsync(result);

    private async Task<Result<Done>> DeleteAsync()
    {
        using var hungUp = new CancellationTokenSource();
        return await new DeleteAccountHandler(_security.Object, NoNotices, new FakeTimeProvider(Now))
            .Handle(new DeleteAccountCommand(new Caller(Ada.Id, FifthGeneration.Id, ClientInfo.Unknown)), hungUp.Token);
    }
}
