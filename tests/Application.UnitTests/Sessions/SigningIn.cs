using System.Net;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Application.Sessions;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using Moq;
using static CleanJwt.Application.UnitTests.Sessions.SessionFixture;

namespace CleanJwt.Application.UnitTests.Sessions;

/// <summary>Exchanging an address and a password for a session and its tokens.</summary>
internal sealed class SigningIn
{
    private const string Email = "ada@example.com";
    private const string Password = "correct horse battery staple";

    private readonly SessionFixture _ports = new();
    private readonly List<Session> _offered = [];

    [TestCase("nonsense", TestName = "{m}(unknown name)")]
    [TestCase("account:read nonsense", TestName = "{m}(one known, one not)")]
    [TestCase("", TestName = "{m}(nothing)")]
    public async Task UnknownScope_IsRefusedBeforeThePasswordIsChecked(string scope)
    {
        var result = await LoginAsync(scope);

        Assert.That(result.Error, Is.SameAs(SessionErrors.InvalidScope));
        _ports.Users.VerifyNoOtherCalls();
    }

    [Test]
    public async Task ScopeOfAdmins_IsRefusedToOthersAfterThePasswordWasRight()
    {
        Verified(Ada);

        var result = await LoginAsync("account:read users:read");

        Assert.That(result.Error, Is.SameAs(SessionErrors.InvalidScope));
        PasswordWasChecked(Times.Once());
        _ports.Sessions.VerifyNoOtherCalls();
    }

    [Test]
    public async Task ScopeOfAdmins_WithAWrongPassword_TellsOnlyOfThePassword()
    {
        Verification(new PasswordCheck(Ada.Id, Verified: null));

        var result = await LoginAsync("users:read");

        Assert.That(result.Error, Is.SameAs(AccountErrors.InvalidCredentials));
    }

    [Test]
    public async Task WrongPassword_StartsNothing()
    {
        Verification(new PasswordCheck(Ada.Id, Verified: null));

        var result = await LoginAsync();

        Assert.That(result.Error, Is.SameAs(AccountErrors.InvalidCredentials));
        PasswordWasChecked(Times.Once());
        _ports.Sessions.VerifyNoOtherCalls();
    }

    [Test]
    public async Task FullHashingQueue_IsPassedOnAsItIs()
    {
        var busy = Error.ServiceUnavailable("Busy.", TimeSpan.FromSeconds(2));
        Verification(busy);

        var result = await LoginAsync();

        Assert.That(result.Error, Is.SameAs(busy));
    }

    [TestCase(null)]
    [TestCase("users:read")]
    public async Task LockedAccount_IsToldSoAndStartsNothing(string? scope)
    {
        Verified(Ada, locked: true);

        var result = await LoginAsync(scope);

        Assert.That(result.Error, Is.SameAs(AccountErrors.AccountLocked));
        _ports.Sessions.VerifyNoOtherCalls();
    }

    [Test]
    public async Task RightPassword_StoresASessionOfNow()
    {
        Verified(Ada, securityVersion: 7);
        Start(true);

        await LoginAsync(client: new ClientInfo("curl/8", "192.0.2.1"));

        var session = _offered.Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(session.Id.Version, Is.EqualTo(7));
            Assert.That(session.AccountId, Is.EqualTo(Ada.Id));
            Assert.That(session.CreatedAt, Is.EqualTo(Now));
            Assert.That(session.LastSeenAt, Is.EqualTo(Now));
            Assert.That(session.AuthTime, Is.EqualTo(Now));
            Assert.That(session.ExpiresAt, Is.EqualTo(Now.AddDays(14)));
            Assert.That(session.Generation, Is.EqualTo(1));
            Assert.That(session.RotatedAt, Is.Null);
            Assert.That(session.EndedAt, Is.Null);
            Assert.That(session.UserAgent, Is.EqualTo("curl/8"));
            Assert.That(session.IpAddress, Is.EqualTo("192.0.2.1"));
            Assert.That(session.Amr, Is.EqualTo("pwd"));
        }

        _ports.Sessions.Verify(
            sessions => sessions.TryStartAsync(
                session, Version(7), It.IsAny<AuditContext>(), It.IsAny<CancellationToken>()),
            Times.Once());
    }

    [Test]
    public async Task TimeOfTheSession_IsReadAfterThePasswordWasChecked()
    {
        _ports.Users
            .Setup(users => users.VerifyPasswordAsync(
                It.IsAny<EmailAddress>(), It.IsAny<ClientNetwork>(), It.IsAny<string>(), It.IsAny<CancellationToken>()))
            .Callback(() => _ports.Time.Advance(TimeSpan.FromSeconds(3)))
            .ReturnsAsync(Proved(new AccountState(Ada, 1, Locked: false)));
        Start(true);

        await LoginAsync();

        Assert.That(_offered.Single().CreatedAt, Is.EqualTo(Now.AddSeconds(3)));
    }

    [Test]
    public async Task TimeOfTheTokens_IsReadBeforeTheSessionWasStored()
    {
        Verified(Ada);
        _ports.Sessions
            .Setup(sessions => sessions.TryStartAsync(
                It.IsAny<Session>(), It.IsAny<ProofUse>(), It.IsAny<AuditContext>(), It.IsAny<CancellationToken>()))
            .Callback(() => _ports.Time.Advance(TimeSpan.FromSeconds(3)))
            .ReturnsAsync(new StartedSession(RecoveryCodesLeft: null));

        var result = await LoginAsync();

        Assert.That(result.Value.ExpiresAt, Is.EqualTo(Now.AddMinutes(10)));
    }

    [Test]
    public async Task AbsoluteLifetimeShorterThanIdle_EndsTheSession()
    {
        var ports = new SessionFixture { Options = new SessionOptions { AbsoluteLifetime = TimeSpan.FromDays(2) } };
        ports.Users
            .Setup(users => users.VerifyPasswordAsync(
                It.IsAny<EmailAddress>(), It.IsAny<ClientNetwork>(), It.IsAny<string>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(Proved(new AccountState(Ada, 1, Locked: false)));
        ports.Sessions
            .Setup(sessions => sessions.TryStartAsync(
                It.Is<Session>(session => session.ExpiresAt == Now.AddDays(2)), It.IsAny<ProofUse>(),
                It.IsAny<AuditContext>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(new StartedSession(RecoveryCodesLeft: null));

        var result = await HandlerOf(ports).Handle(new LoginCommand(Email, Password, null), CancellationToken.None);

        Assert.That(result.Value.Tokens!.RefreshExpiresIn, Is.EqualTo(2 * 24 * 3600));
    }

    [Test]
    public async Task RightPassword_AnswersThePairOfTheNewSession()
    {
        Verified(Ada);
        Start(true);

        var tokens = (await LoginAsync()).Value;

        var session = _offered.Single();
        Assert.That(tokens, Is.EqualTo(new Tokens(
            TokenType: "Bearer",
            AccessToken: AccessTokenText(session, [], ScopeSet.ParseKnown(ContractScopes.OfEveryAccount)),
            ExpiresIn: 600,
            ExpiresAt: Now.AddMinutes(10),
            RefreshToken: RefreshTokenText(session.Id, 1),
            RefreshExpiresIn: 14 * 24 * 3600,
            Scope: ContractScopes.OfEveryAccount,
            SessionId: session.Id)));
    }

    private static IEnumerable<TestCaseData> Scopes =>
    [
        new TestCaseData(Ada, null, ContractScopes.OfEveryAccount).SetArgDisplayNames("all that is allowed"),
        new TestCaseData(Ada, "account:read", "account:read").SetArgDisplayNames("less"),
        new TestCaseData(Ada, "account:write account:read", "account:read account:write").SetArgDisplayNames(
            "another order"),
        new TestCaseData(Admin, null, ContractScopes.OfAdmins).SetArgDisplayNames("all that an admin is allowed"),
        new TestCaseData(Admin, "users:read", "users:read").SetArgDisplayNames("an admin's, less"),
    ];

    [TestCaseSource(nameof(Scopes))]
    public async Task Scope_IsThatOfTheSessionAndOfItsToken(Account account, string? asked, string granted)
    {
        Verified(account);
        Start(true);

        var tokens = (await LoginAsync(asked)).Value;

        var session = _offered.Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(session.Scope.ToString(), Is.EqualTo(granted));
            Assert.That(session.HasAllScopes, Is.EqualTo(asked is null));
            Assert.That(tokens.Scope, Is.EqualTo(granted));
            Assert.That(
                tokens.AccessToken, Is.EqualTo(AccessTokenText(session, account.Roles, ScopeSet.ParseKnown(granted))));
        }
    }

    [Test]
    public async Task AccountChangedMeanwhile_IsVerifiedAgainAndSignedIn()
    {
        _ports.Users
            .SetupSequence(users =>
                users.VerifyPasswordAsync(
                    It.IsAny<EmailAddress>(), It.IsAny<ClientNetwork>(), It.IsAny<string>(),
                    It.IsAny<CancellationToken>()))
            .ReturnsAsync(Proved(new AccountState(Admin, 1, Locked: false)))
            .ReturnsAsync(Proved(new AccountState(Ada, 2, Locked: false)));
        Start(false, true);

        var result = await LoginAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.IsSuccess, Is.True);
            Assert.That(result.Value.Scope, Is.EqualTo(ContractScopes.OfEveryAccount));
            Assert.That(result.Value.SessionId, Is.EqualTo(_offered[1].Id));
        }

        _ports.Sessions.Verify(
            sessions => sessions.TryStartAsync(
                It.IsAny<Session>(), Version(1), It.IsAny<AuditContext>(), It.IsAny<CancellationToken>()), Times.Once());
        _ports.Sessions.Verify(
            sessions => sessions.TryStartAsync(
                It.IsAny<Session>(), Version(2), It.IsAny<AuditContext>(), It.IsAny<CancellationToken>()), Times.Once());
    }

    [Test]
    public async Task AccountLockedMeanwhile_IsToldSo()
    {
        _ports.Users
            .SetupSequence(users =>
                users.VerifyPasswordAsync(
                    It.IsAny<EmailAddress>(), It.IsAny<ClientNetwork>(), It.IsAny<string>(),
                    It.IsAny<CancellationToken>()))
            .ReturnsAsync(Proved(new AccountState(Ada, 1, Locked: false)))
            .ReturnsAsync(Proved(new AccountState(Ada, 2, Locked: true)));
        Start(false);

        var result = await LoginAsync();

        Assert.That(result.Error, Is.SameAs(AccountErrors.AccountLocked));
    }

    [Test]
    public async Task PasswordChangedMeanwhile_IsWrong()
    {
        _ports.Users
            .SetupSequence(users =>
                users.VerifyPasswordAsync(
                    It.IsAny<EmailAddress>(), It.IsAny<ClientNetwork>(), It.IsAny<string>(),
                    It.IsAny<CancellationToken>()))
            .ReturnsAsync(Proved(new AccountState(Ada, 1, Locked: false)))
            .ReturnsAsync(new PasswordCheck(Ada.Id, Verified: null));
        Start(false);

        var result = await LoginAsync();

        Assert.That(result.Error, Is.SameAs(AccountErrors.InvalidCredentials));
    }

    [Test]
    public async Task AccountChangingUnderEveryTry_IsGivenUpAfterThree()
    {
        Verified(Ada);
        Start(false, false, false);

        var result = await LoginAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Error?.Code, Is.EqualTo("service-unavailable"));
            Assert.That(result.Error?.RetryAfter, Is.GreaterThan(TimeSpan.Zero));
        }

        PasswordWasChecked(Times.Exactly(3));
    }

    [Test]
    public async Task Address_IsVerifiedAsOneAddressWithThePasswordAsGiven()
    {
        _ports.Users
            .Setup(users => users.VerifyPasswordAsync(
                It.IsAny<EmailAddress>(), It.IsAny<ClientNetwork>(), It.IsAny<string>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(Proved(new AccountState(Ada, 1, Locked: false)));
        Start(true);

        await HandlerOf(_ports).Handle(
            new LoginCommand(" ADA@example.com ", " Pass\u0301 ", null), CancellationToken.None);

        _ports.Users.Verify(users => users.VerifyPasswordAsync(
            EmailAddress.Parse(
                "ADA@example.com"), ClientNetwork.Unknown, " Pass\u0301 ", It.IsAny<CancellationToken>()));
    }

    [TestCase("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    [TestCase("2001:db8:1:2::1%3", "2001:db8:1:2::")]
    [TestCase("192.0.2.1", "192.0.2.1")]
    [TestCase("::ffff:192.0.2.1", "192.0.2.1")]
    [TestCase(null, null)]
    public async Task WrongPasswords_AreCountedForTheNetworkOfTheClient(string? address, string? network)
    {
        var expected = network is null ? ClientNetwork.Unknown : ClientNetwork.Of(IPAddress.Parse(network));
        _ports.Users
            .Setup(users => users.VerifyPasswordAsync(
                EmailAddress.Parse(Email), expected, Password, It.IsAny<CancellationToken>()))
            .ReturnsAsync(AccountErrors.TooManyAttempts(TimeSpan.FromMinutes(5)));

        var result = await LoginAsync(client: new ClientInfo(null, address));

        Assert.That(result.Error, Is.EqualTo(AccountErrors.TooManyAttempts(TimeSpan.FromMinutes(5))));
        Assert.That(_ports.Noted, Is.Empty, "a flood of them must not fill the audit log");
    }

    private static LoginHandler HandlerOf(SessionFixture ports) =>
        new(
            ports.Users.Object, ports.AuditLog.Object, ports.Start, ports.Factors, ports.FactorTokens.Object,
            ports.Time);

    private async Task<Result<Tokens>> LoginAsync(string? scope = null, ClientInfo? client = null)
    {
        var result = await HandlerOf(_ports).Handle(
            new LoginCommand(Email, Password, scope) { Client = client ?? ClientInfo.Unknown }, CancellationToken.None);
        return result.IsSuccess ? result.Value.Tokens! : result.Error;
    }

    private static ProofUse Version(int securityVersion) =>
        It.Is<ProofUse>(use => use.SecurityVersion == securityVersion && use.Factor == null);

    private void Verified(Account account, int securityVersion = 1, bool locked = false) =>
        Verification(Proved(new AccountState(account, securityVersion, locked)));

    private static PasswordCheck Proved(AccountState verified) => new(verified.Account.Id, verified);

    private void Verification(Result<PasswordCheck> result) => _ports.Users
        .Setup(users => users.VerifyPasswordAsync(
            EmailAddress.Parse(Email), It.IsAny<ClientNetwork>(), Password, It.IsAny<CancellationToken>()))
        .ReturnsAsync(result);

    private void Start(params bool[] successes)
    {
        var remaining = new Queue<bool>(successes);
        _ports.Sessions
            .Setup(sessions => sessions.TryStartAsync(
                Capture.In(_offered), It.IsAny<ProofUse>(), It.IsAny<AuditContext>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(() => Result.Of(remaining.Dequeue() ? new StartedSession(null) : null));
    }

    private void PasswordWasChecked(Times times) => _ports.Users.Verify(
        users =>
            users.VerifyPasswordAsync(
                It.IsAny<EmailAddress>(),
                It.IsAny<ClientNetwork>(),
                It.IsAny<string>(),
                It.IsAny<CancellationToken>()), times);
}
