using CleanJwt.Application.Accounts;
using CleanJwt.Application.Ports;
using CleanJwt.Application.UnitTests.Sessions;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using Microsoft.Extensions.Time.Testing;
using Moq;
using static CleanJwt.Application.UnitTests.Sessions.SessionFixture;

namespace CleanJwt.Application.UnitTests.Accounts;

/// <summary>Creating an account.</summary>
internal sealed class SigningUp
{
    private const string Password = " correct horse\u0301 battery staple ";

    private readonly Mock<IUserRepository> _users = new(MockBehavior.Strict);

    [TestCase("  Ada Lovelace ", "Ada Lovelace")]
    [TestCase("   ", null)]
    [TestCase("", null)]
    [TestCase(null, null)]
    public async Task GoodCommand_StoresTrimmedAddressAndNameAndThePasswordAsItIs(string? displayName, string? stored)
    {
        _users
            .Setup(users => users.AddAsync(
                It.Is<NewAccount>(account =>
                    account.Email == EmailAddress.Parse(
                        "Ada@example.com") && account.DisplayName == stored && account.Roles.Count == 0),
                Password,
                It.Is<AuditContext>(audit => audit.At == Now && audit.Entries.Single().Action == "register"),
                It.IsAny<CancellationToken>()))
            .ReturnsAsync(Ada);

        var result = await RegisterAsync(displayName);

        Assert.That(result.Value, Is.EqualTo(new Registration(Ada, Ticket: null)));
    }

    [Test]
    public async Task TakenAddress_IsPassedOn()
    {
        _users
            .Setup(users => users.AddAsync(
                It.IsAny<NewAccount>(), It.IsAny<string>(), It.IsAny<AuditContext>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(AccountErrors.EmailTaken);

        var result = await RegisterAsync("Ada");

        Assert.That(result.Error, Is.SameAs(AccountErrors.EmailTaken));
    }

    private async Task<Result<Registration>> RegisterAsync(string? displayName) =>
        await new RegisterHandler(
            _users.Object, new AccountOptions(), new SessionFixture().Flows, new FakeTimeProvider(Now))
            .Handle(new RegisterCommand(" Ada@example.com\r\n", Password, displayName), CancellationToken.None);
}
