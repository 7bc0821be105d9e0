using CleanJwt.Application.Accounts;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using Moq;
using static CleanJwt.Application.UnitTests.Sessions.SessionFixture;

namespace CleanJwt.Application.UnitTests.Accounts;

/// <summary>The account behind an accepted token.</summary>
internal sealed class ReadingTheCurrentUser
{
    [Test]
    public async Task KnownAccount_IsFoundWithOneLookup()
    {
        var users = UsersWith(Ada);

        var result = await new GetCurrentUserHandler(users.Object).Handle(
            new GetCurrentUserQuery(Ada.Id), CancellationToken.None);

        Assert.That(result.Value, Is.SameAs(Ada));
        users.Verify(repository => repository.FindAsync(Ada.Id, It.IsAny<CancellationToken>()), Times.Once());
    }

    [Test]
    public async Task AccountThatIsGone_IsUserNotFound()
    {
        var result = await new GetCurrentUserHandler(UsersWith(null).Object).Handle(
            new GetCurrentUserQuery(Ada.Id), CancellationToken.None);

        Assert.That(result.Error, Is.SameAs(AccountErrors.UserNotFound));
    }

    private static Mock<IUserRepository> UsersWith(Account? account)
    {
        var users = new Mock<IUserRepository>(MockBehavior.Strict);
        users.Setup(repository => repository.FindAsync(Ada.Id, It.IsAny<CancellationToken>())).ReturnsAsync(account);
        return users;
    }
}
