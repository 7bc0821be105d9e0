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

/// <summary>Proving the password again within a session.</summary>
internal sealed class Reauthenticating
{
    private const string Password = "correct horse battery staple";

    private static readonly Caller Caller = new(Ada.Id, FifthGeneration.Id, new ClientInfo("curl/8", "192.0.2.1"));

    private readonly SessionFixture _ports = new();
    private readonly List<Session> _offered = [];
    private readonly List<AuditContext> _audits = [];

    [Test]
    public async Task RightPassword_StoresAFreshSignInOfTheSameGeneration()
    {
        Verified(new AccountState(Ada, 7, Locked: false));
        Found(FifthGeneration);
        Store(7, session => new AccountSession(session, Ada));

        await ReauthenticateAsync();

        var (session, audit) = (_offered.Single(), _audits.Single());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                session,
                Is.EqualTo(FifthGeneration with
                {
                    RotationId = session.RotationId, // a fixture's is new each time
                    AuthTime = Now,
                    LastSeenAt = Now,
                    ExpiresAt = Now.AddDays(14),
                }));
            Assert.That(audit.At, Is.EqualTo(Now));
            Assert.That(audit.ActorSessionId, Is.EqualTo(FifthGeneration.Id));
            Assert.That(audit.Entries.Single().Action, Is.EqualTo("reauthenticate"));
            Assert.That(audit.Entries.Single().Outcome, Is.EqualTo(AuditOutcome.Success));
            Assert.That(_ports.Noted, Is.Empty, "the step that succeeds stores its own entry");
        }
    }

    [Test]
    public async Task RightPassword_AnswersTokensOfWhatWasStored()
    {
        // A refresh and a new role came between.
        var stored = FifthGeneration with { Generation = 6, AuthTime = Now, ExpiresAt = Now.AddDays(14) };
        Verified(new AccountState(Ada, 1, Locked: false));
        Found(FifthGeneration);
        Store(1, _ => new AccountSession(stored, Admin));

        var result = await ReauthenticateAsync();

        Assert.That(result.Value, Is.EqualTo(new Tokens(
            TokenType: "Bearer",
            AccessToken: AccessTokenText(stored, ["admin"], stored.Scope),
            ExpiresIn: 600,
            ExpiresAt: Now.AddMinutes(10),
            RefreshToken: RefreshTokenText(stored.Id, 6),
            RefreshExpiresIn: 14 * 24 * 3600,
            Scope: "account:read account:write",
            SessionId: stored.Id)));
    }

    [Test]
    public async Task Session_NeverOutlastsTheAbsoluteLifetime()
    {
        Verified(new AccountState(Ada, 1, Locked: false));
        Found(FifthGeneration with { CreatedAt = Now.AddDays(-89) });
        Store(1, session => new AccountSession(session, Ada));

        var result = await ReauthenticateAsync();

        Assert.That(_offered.Single().ExpiresAt, Is.EqualTo(Now.AddDays(1)));
        Assert.That(result.Value.RefreshExpiresIn, Is.EqualTo(24 * 3600));
    }

    [Test]
    public async Task Time_IsReadAfterThePasswordWasChecked()
    {
        _ports.Users
            .Setup(users => users.VerifyPasswordAsync(Ada.Id, Password, It.IsAny<CancellationToken>()))
            .Callback(() => _ports.Time.Advance(TimeSpan.FromSeconds(3)))
            .ReturnsAsync(new PasswordCheck(Ada.Id, new AccountState(Ada, 1, Locked: false)));
        Found(FifthGeneration);
        Store(1, session => new AccountSession(session, Ada));

        await ReauthenticateAsync();

        Assert.That(_offered.Single().AuthTime, Is.EqualTo(Now.AddSeconds(3)));
    }

    [Test]
    public async Task WrongPassword_IsNotedAndChangesNothing()
    {
        Verified((AccountState?)null);

        var result = await ReauthenticateAsync();

        var entry = _ports.Noted.Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Error, Is.SameAs(AccountErrors.InvalidCredentials));
            Assert.That(entry.Action, Is.EqualTo("reauthenticate"));
            Assert.That(entry.Outcome, Is.EqualTo(AuditOutcome.Failure));
            Assert.That((entry.AccountId, entry.SessionId), Is.EqualTo(((Guid?)Ada.Id, (Guid?)FifthGeneration.Id)));
        }

        _ports.Sessions.VerifyNoOtherCalls();
        _ports.AuditLog.Verify(
            log => log.AddAsync(It.IsAny<AuditEntry>(), It.Is<CancellationToken>(token => !token.CanBeCanceled)));
    }

    [Test]
    public async Task FullHashingQueue_IsPassedOnAsItIs()
    {
        var busy = Error.ServiceUnavailable("Busy.", TimeSpan.FromSeconds(2));
        _ports.Users.Setup(
            users => users.VerifyPasswordAsync(Ada.Id, Password, It.IsAny<CancellationToken>())).ReturnsAsync(busy);

        Assert.That((await ReauthenticateAsync()).Error, Is.SameAs(busy));
        Assert.That(_ports.Noted, Is.Empty);
    }

    [Test]
    public async Task LockedAccount_IsRevoked()
    {
        Verified(new AccountState(Ada, 1, Locked: true));

        Assert.That((await ReauthenticateAsync()).Error, Is.SameAs(AccessTokenErrors.TokenRevoked));
        _ports.Sessions.VerifyNoOtherCalls();
    }

    private static IEnumerable<TestCaseData> SessionsThatAreOver =>
    [
        new TestCaseData((Session?)null).SetArgDisplayNames("gone"),
        new TestCaseData(FifthGeneration with { EndedAt = Now.AddSeconds(-1) }).SetArgDisplayNames("ended"),
        new TestCaseData(FifthGeneration with { ExpiresAt = Now }).SetArgDisplayNames("expired"),
    ];

    [TestCaseSource(nameof(SessionsThatAreOver))]
    public async Task SessionThatIsOver_IsRevoked(Session? session)
    {
        Verified(new AccountState(Ada, 1, Locked: false));
        Found(session);

        Assert.That((await ReauthenticateAsync()).Error, Is.SameAs(AccessTokenErrors.TokenRevoked));
    }

    [Test]
    public async Task AccountChangedMeanwhile_IsVerifiedAgain()
    {
        Verified(new AccountState(Ada, 1, Locked: false), new AccountState(Ada, 2, Locked: false));
        Found(FifthGeneration);
        Store(1, _ => null);
        Store(2, session => new AccountSession(session, Ada));

        Assert.That((await ReauthenticateAsync()).IsSuccess, Is.True);
    }

    [Test]
    public async Task PasswordChangedMeanwhile_IsWrong()
    {
        Verified(new AccountState(Ada, 1, Locked: false), null);
        Found(FifthGeneration);
        Store(1, _ => null);

        Assert.That((await ReauthenticateAsync()).Error, Is.SameAs(AccountErrors.InvalidCredentials));
    }

    [Test]
    public async Task AccountChangingUnderEveryTry_IsGivenUpAfterThree()
    {
        var verified = new AccountState(Ada, 1, Locked: false);
        Verified(verified, verified, verified);
        Found(FifthGeneration);
        Store(1, _ => null);

        var result = await ReauthenticateAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Error?.Code, Is.EqualTo("service-unavailable"));
            Assert.That(result.Error?.RetryAfter, Is.GreaterThan(TimeSpan.Zero));
            Assert.That(_offered, Has.Count.EqualTo(3));
        }
    }

    private async Task<Result<Tokens>> ReauthenticateAsync()
    {
        var handler = new ReauthenticateHandler(
            _ports.Users.Object, _ports.Factors, _ports.PasskeyCheck, _ports.Start, _ports.AuditLog.Object,
            _ports.Time);
        using var hungUp = new CancellationTokenSource();
        return await handler.Handle(new ReauthenticateCommand(Password) { Caller = Caller }, hungUp.Token);
    }

    private void Verified(params AccountState?[] inTurn)
    {
        var remaining = new Queue<AccountState?>(inTurn);
        _ports.Users
            .Setup(users => users.VerifyPasswordAsync(Ada.Id, Password, It.IsAny<CancellationToken>()))
            .ReturnsAsync(() => new PasswordCheck(Ada.Id, remaining.Dequeue()));
    }

    private void Found(Session? session) => _ports.Sessions
        .Setup(sessions => sessions.FindAsync(FifthGeneration.Id, It.IsAny<CancellationToken>()))
        .ReturnsAsync(session is null ? null : new AccountSession(session, Ada));

    private void Store(int securityVersion, Func<Session, AccountSession?> stored) => _ports.Sessions
        .Setup(sessions => sessions.TryReauthenticateAsync(
            Capture.In(_offered),
            It.Is<ProofUse>(use => use.SecurityVersion == securityVersion),
            Capture.In(_audits),
            It.IsAny<CancellationToken>()))
        .ReturnsAsync((Session session, ProofUse _, AuditContext _, CancellationToken _) => Result.Of(
            stored(session) is var (found, account) ? new ReauthenticatedSession(found, account, null) : null));
}
