using CleanJwt.Application.Accounts;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Application.UnitTests.Sessions;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using Moq;
using static CleanJwt.Application.UnitTests.Sessions.SessionFixture;

namespace CleanJwt.Application.UnitTests.Accounts;

/// <summary>Exchanging the current password for a new one.</summary>
internal sealed class ChangingThePassword
{
    private const string Current = "correct horse battery staple";
    private const string New = " a new horse\u0301 ";

    private static readonly Caller Caller = new(Ada.Id, FifthGeneration.Id, new ClientInfo("curl/8", "192.0.2.1"));

    private readonly SessionFixture _ports = new();
    private readonly Mock<IAccountSecurity> _security = new(MockBehavior.Strict);
    private readonly List<int> _offeredVersions = [];
    private readonly List<AuditContext> _offered = [];

    [Test]
    public async Task RightPassword_IsReplacedAndTheSessionThatAsksIsSpared()
    {
        Verified(new AccountState(Ada, 7, Locked: false));
        Change(true);

        var result = await ChangeAsync();

        var audit = _offered.Single();
        var entry = audit.Entries.Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.IsSuccess, Is.True);
            Assert.That(_offeredVersions, Is.EqualTo(new[] { 7 }));
            Assert.That(audit.At, Is.EqualTo(Now));
            Assert.That(audit.ActorSessionId, Is.EqualTo(FifthGeneration.Id));
            Assert.That(entry.Action, Is.EqualTo("change-password"));
            Assert.That(entry.Outcome, Is.EqualTo(AuditOutcome.Success));
            Assert.That(entry.AccountId, Is.EqualTo(Ada.Id));
            Assert.That(entry.SessionId, Is.EqualTo(FifthGeneration.Id));
            Assert.That((entry.UserAgent, entry.IpAddress), Is.EqualTo(("curl/8", "192.0.2.1")));
            Assert.That(_ports.Noted, Is.Empty, "the change stores its own entry");
        }
    }

    [Test]
    public async Task WrongPassword_IsNotedAndChangesNothing()
    {
        Verified((AccountState?)null);

        var result = await ChangeAsync();

        var entry = _ports.Noted.Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Error?.Fields?.Keys, Is.EqualTo(new[] { "currentPassword" }));
            Assert.That(entry.Action, Is.EqualTo("change-password"));
            Assert.That(entry.Outcome, Is.EqualTo(AuditOutcome.Failure));
            Assert.That(entry.AccountId, Is.EqualTo(Ada.Id));
            Assert.That(entry.SessionId, Is.EqualTo(FifthGeneration.Id));
        }

        // A client that guesses must not avoid the audit entry by disconnecting.
        _ports.AuditLog.Verify(
            log => log.AddAsync(It.IsAny<AuditEntry>(), It.Is<CancellationToken>(token => !token.CanBeCanceled)));
    }

    [Test]
    public async Task LockedAccount_ChangesNothing()
    {
        Verified(new AccountState(Ada, 1, Locked: true));

        Assert.That((await ChangeAsync()).Error, Is.SameAs(AccessTokenErrors.TokenRevoked));
    }

    [TestCase("lovelace")]
    [TestCase("LOVELACE and more")]
    public async Task NewPasswordWithTheLocalPart_ChangesNothing(string password)
    {
        Verified(new AccountState(Ada with { Email = "Lovelace@example.com" }, 1, Locked: false));

        var result = await ChangeAsync(password);

        Assert.That(result.Error?.Fields?.Keys, Is.EqualTo(new[] { "newPassword" }));
        Assert.That(_ports.Noted, Is.Empty);
    }

    [Test]
    public async Task WrongPasswordWithTheLocalPart_TellsOnlyOfTheWrongOne()
    {
        Verified((AccountState?)null);

        var result = await ChangeAsync("ada.lovelace");

        Assert.That(result.Error?.Fields?.Keys, Is.EqualTo(new[] { "currentPassword" }));
    }

    [Test]
    public async Task FullHashingQueue_IsPassedOnAsItIs()
    {
        var busy = Error.ServiceUnavailable("Busy.", TimeSpan.FromSeconds(2));
        _ports.Users
            .Setup(users => users.VerifyPasswordAsync(Ada.Id, Current, It.IsAny<CancellationToken>()))
            .ReturnsAsync(busy);

        Assert.That((await ChangeAsync()).Error, Is.SameAs(busy));
        Assert.That(_ports.Noted, Is.Empty);
    }

    [Test]
    public async Task SessionThatEndedMeanwhile_IsRevoked()
    {
        Verified(new AccountState(Ada, 1, Locked: false));
        Change(AccessTokenErrors.TokenRevoked);

        Assert.That((await ChangeAsync()).Error, Is.SameAs(AccessTokenErrors.TokenRevoked));
    }

    [Test]
    public async Task AccountChangedMeanwhile_IsVerifiedAgain()
    {
        Verified(new AccountState(Ada, 1, Locked: false), new AccountState(Ada, 2, Locked: false));
        Change(false, true);

        Assert.That((await ChangeAsync()).IsSuccess, Is.True);
        Assert.That(_offeredVersions, Is.EqualTo(new[] { 1, 2 }));
    }

    [Test]
    public async Task PasswordChangedMeanwhile_IsWrong()
    {
        Verified(new AccountState(Ada, 1, Locked: false), null);
        Change(false);

        Assert.That((await ChangeAsync()).Error?.Fields?.Keys, Is.EqualTo(new[] { "currentPassword" }));
    }

    [Test]
    public async Task AccountChangingUnderEveryTry_IsGivenUpAfterThree()
    {
        var verified = new AccountState(Ada, 1, Locked: false);
        Verified(verified, verified, verified);
        Change(false, false, false);

        var result = await ChangeAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Error?.Code, Is.EqualTo("service-unavailable"));
            Assert.That(result.Error?.RetryAfter, Is.GreaterThan(TimeSpan.Zero));
            Assert.That(_offeredVersions, Has.Count.EqualTo(3));
        }
    }

    private async Task<Result<Done>> ChangeAsync(string password = New)
    {
        using var hungUp = new CancellationTokenSource();
        return await new ChangePasswordHandler(
            _ports.Users.Object, _security.Object, _ports.AuditLog.Object, NoNotices, _ports.Time)
            .Handle(new ChangePasswordCommand(Current, password) { Caller = Caller }, hungUp.Token);
    }

    private void Verified(params AccountState?[] inTurn)
    {
        var remaining = new Queue<AccountState?>(inTurn);
        _ports.Users
            .Setup(users => users.VerifyPasswordAsync(Ada.Id, Current, It.IsAny<CancellationToken>()))
            .ReturnsAsync(() => new PasswordCheck(Ada.Id, remaining.Dequeue()));
    }

    // A client that disconnects must not stop it.
    private void Change(params Result<bool>[] inTurn)
    {
        var remaining = new Queue<Result<bool>>(inTurn);
        _security
            .Setup(security => security.TryChangePasswordAsync(
                Ada.Id, Capture.In(_offeredVersions), New, FifthGeneration.Id, Capture.In(_offered),
                It.Is<CancellationToken>(token => !token.CanBeCanceled)))
            .ReturnsAsync(remaining.Dequeue);
    }
}
