using CleanJwt.Application.Ports;
using CleanJwt.Application.Sessions;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using Moq;
using static CleanJwt.Application.UnitTests.Sessions.SessionFixture;

namespace CleanJwt.Application.UnitTests.Sessions;

/// <summary>Exchanging a refresh token for the next two tokens.</summary>
internal sealed class Refreshing
{
    private static readonly SessionOptions WithoutGrace = new() { RefreshReuseGrace = TimeSpan.Zero };
    private static readonly Session JustRotated = FifthGeneration with { RotatedAt = Now.AddSeconds(-29) };

    private readonly SessionFixture _ports = new();
    private readonly List<Session> _offered = [];

    [TestCase("nonsense", TestName = "{m}(unknown name)")]
    [TestCase("", TestName = "{m}(nothing)")]
    public async Task UnknownScope_IsRefusedBeforeTheTokenIsLookedAt(string scope)
    {
        var result = await RefreshAsync("any", scope);

        Assert.That(result.Error, Is.SameAs(SessionErrors.InvalidScope));
        _ports.RefreshTokens.VerifyNoOtherCalls();
        _ports.Sessions.VerifyNoOtherCalls();
    }

    [Test]
    public async Task UnreadableToken_IsInvalidWithoutTheDatabase()
    {
        var result = await RefreshAsync(_ports.Unreadable());

        Assert.That(result.Error, Is.SameAs(SessionErrors.InvalidRefreshToken));
        _ports.Sessions.VerifyNoOtherCalls();
    }

    [Test]
    public async Task UnknownSession_IsInvalid()
    {
        Stored(null);

        var result = await RefreshAsync(Presented(5));

        Assert.That(result.Error, Is.SameAs(SessionErrors.InvalidRefreshToken));
    }

    private static IEnumerable<TestCaseData> InvalidTokens =>
    [
        new TestCaseData(FifthGeneration with { EndedAt = Now.AddMinutes(-1) }, 5).SetArgDisplayNames("ended"),
        new TestCaseData(FifthGeneration with { EndedAt = Now.AddMinutes(-1) }, 1).SetArgDisplayNames(
            "ended, old token"),
        new TestCaseData(FifthGeneration with { ExpiresAt = Now }, 5).SetArgDisplayNames("expired"),
        new TestCaseData(FifthGeneration, 6).SetArgDisplayNames("generation from a future that did not happen"),
    ];

    [TestCaseSource(nameof(InvalidTokens))]
    public async Task InvalidToken_ChangesNothing(Session session, int generation)
    {
        Stored(session);

        var result = await RefreshAsync(Presented(generation));

        Assert.That(result.Error, Is.SameAs(SessionErrors.InvalidRefreshToken));
        SessionWasOnlyRead();
    }

    [Test]
    public async Task CurrentToken_StoresTheNextGeneration()
    {
        Stored(FifthGeneration);

        await RefreshAsync(Presented(5));

        var rotated = _offered.Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(rotated.Id, Is.EqualTo(FifthGeneration.Id));
            Assert.That(rotated.Generation, Is.EqualTo(6));
            Assert.That(rotated.RotatedAt, Is.EqualTo(Now));
            Assert.That(rotated.LastSeenAt, Is.EqualTo(Now));
            Assert.That(rotated.ExpiresAt, Is.EqualTo(Now.AddDays(14)));
            Assert.That(rotated.RotationId, Is.Not.Null.And.Not.EqualTo(Guid.Empty));
            Assert.That(rotated.AuthTime, Is.EqualTo(FifthGeneration.AuthTime));
        }
    }

    [Test]
    public async Task CurrentToken_AnswersThePairOfTheNextGeneration()
    {
        Stored(FifthGeneration);

        var result = await RefreshAsync(Presented(5));

        Assert.That(result.Value, Is.EqualTo(new Tokens(
            TokenType: "Bearer",
            AccessToken: AccessTokenText(FifthGeneration, [], FifthGeneration.Scope),
            ExpiresIn: 600,
            ExpiresAt: Now.AddMinutes(10),
            RefreshToken: RefreshTokenText(FifthGeneration.Id, 6),
            RefreshExpiresIn: 14 * 24 * 3600,
            Scope: "account:read account:write",
            SessionId: FifthGeneration.Id)));
    }

    [Test]
    public async Task Rotation_NeverOutlastsTheAbsoluteLifetime()
    {
        Stored(FifthGeneration with { CreatedAt = Now.AddDays(-89) });

        var result = await RefreshAsync(Presented(5));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(_offered.Single().ExpiresAt, Is.EqualTo(Now.AddDays(1)));
            Assert.That(result.Value.RefreshExpiresIn, Is.EqualTo(24 * 3600));
        }
    }

    [Test]
    public async Task RolesOfTheAccountNow_GoIntoTheToken()
    {
        Stored(FifthGeneration, Admin);

        var result = await RefreshAsync(Presented(5));

        Assert.That(
            result.Value.AccessToken, Is.EqualTo(AccessTokenText(FifthGeneration, ["admin"], FifthGeneration.Scope)));
    }

    [Test]
    public async Task Time_IsReadBeforeTheSession()
    {
        Found(() =>
        {
            _ports.Time.Advance(TimeSpan.FromSeconds(3));
            return FifthGeneration;
        });

        var result = await RefreshAsync(Presented(5));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Value.ExpiresAt, Is.EqualTo(Now.AddMinutes(10)));
            Assert.That(_offered.Single().RotatedAt, Is.EqualTo(Now));
        }
    }

    [Test]
    public async Task TokenSpentJustNow_IsAnsweredWithTheCurrentGenerationAndNoWrite()
    {
        Stored(JustRotated);

        var result = await RefreshAsync(Presented(4));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Value.RefreshToken, Is.EqualTo(RefreshTokenText(JustRotated.Id, 5)));
            Assert.That(result.Value.RefreshExpiresIn, Is.EqualTo((long)(JustRotated.ExpiresAt - Now).TotalSeconds));
        }

        SessionWasOnlyRead();
    }

    private static IEnumerable<TestCaseData> ReusedTokens =>
    [
        new TestCaseData(FifthGeneration, 4, new SessionOptions()).SetArgDisplayNames("spent before the grace"),
        new TestCaseData(JustRotated, 3, new SessionOptions()).SetArgDisplayNames("older than the previous"),
        new TestCaseData(JustRotated, 4, WithoutGrace).SetArgDisplayNames("spent just now, without a grace"),
    ];

    [TestCaseSource(nameof(ReusedTokens))]
    public async Task ReusedToken_EndsTheSession(Session session, int generation, SessionOptions options)
    {
        Stored(session);
        AllowEnding();

        var result = await RefreshAsync(Presented(generation), options: options);

        Assert.That(result.Error, Is.SameAs(SessionErrors.RefreshTokenReused));
        _ports.Sessions.Verify(
            sessions => sessions.EndAsync(
                session.Id, SessionEndReason.RefreshTokenReused, It.Is<AuditContext>(audit => audit.At == Now),
                It.IsAny<CancellationToken>()), Times.Once());
    }

    [Test]
    public async Task ReusedToken_EndsTheSessionWhateverScopeItAsksFor()
    {
        Stored(FifthGeneration);
        AllowEnding();

        var result = await RefreshAsync(Presented(1), "users:read");

        Assert.That(result.Error, Is.SameAs(SessionErrors.RefreshTokenReused));
    }

    [TestCase(5, TestName = "{m}(current token)")]
    [TestCase(4, TestName = "{m}(token spent just now)")]
    public async Task MoreThanTheSessionHas_IsRefusedAndSpendsNothing(int generation)
    {
        Stored(JustRotated with { Scope = ScopeSet.ParseKnown("account:read") });

        var result = await RefreshAsync(Presented(generation), "account:read account:write");

        Assert.That(result.Error, Is.SameAs(SessionErrors.InvalidScope));
        SessionWasOnlyRead();
    }

    [Test]
    public async Task MoreThanTheSessionHas_IsRefusedToAnAdminToo()
    {
        Stored(FifthGeneration, Admin);

        var result = await RefreshAsync(Presented(5), "users:read");

        Assert.That(result.Error, Is.SameAs(SessionErrors.InvalidScope));
    }

    [Test]
    public async Task LessThanTheSessionHas_NarrowsOnlyThisToken()
    {
        Stored(FifthGeneration);

        var result = await RefreshAsync(Presented(5), "account:read");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Value.Scope, Is.EqualTo("account:read"));
            Assert.That(
                result.Value.AccessToken,
                Is.EqualTo(AccessTokenText(FifthGeneration, [], ScopeSet.ParseKnown("account:read"))));
            Assert.That(_offered.Single().Scope, Is.EqualTo(FifthGeneration.Scope));
        }
    }

    [Test]
    public async Task LessThanTheSessionHas_NarrowsARepeatedAnswerToo()
    {
        Stored(JustRotated);

        var result = await RefreshAsync(Presented(4), "account:write");

        Assert.That(result.Value.Scope, Is.EqualTo("account:write"));
    }

    private static IEnumerable<TestCaseData> FewerThanAllScopes =>
    [
        new TestCaseData(Ada, null, ContractScopes.OfEveryAccount).SetArgDisplayNames("all"),
        new TestCaseData(Ada, "account:write", "account:write").SetArgDisplayNames("one that came later"),
        new TestCaseData(Admin, null, ContractScopes.OfAdmins).SetArgDisplayNames("all of an admin"),
    ];

    [TestCaseSource(nameof(FewerThanAllScopes))]
    public async Task SessionWithAllScopes_HasThoseThatCameLaterFromItsNextRefresh(
        Account account, string? asked, string granted)
    {
        Stored(FifthGeneration with { Scope = ScopeSet.ParseKnown("account:read"), HasAllScopes = true }, account);

        var result = await RefreshAsync(Presented(5), asked);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Value.Scope, Is.EqualTo(granted));
            Assert.That(_offered.Single().Scope, Is.EqualTo(ScopeSet.AllowedFor(account.Roles)));
            Assert.That(_offered.Single().HasAllScopes, Is.True);
        }
    }

    [Test]
    public async Task SessionWithAllScopes_LosesThoseThatItsAccountMayNoLongerHave()
    {
        Stored(FifthGeneration with { Scope = ScopeSet.AllowedFor(Admin.Roles), HasAllScopes = true });

        var all = await RefreshAsync(Presented(5));

        Assert.That(all.Value.Scope, Is.EqualTo(ContractScopes.OfEveryAccount));
        Assert.That((await RefreshAsync(Presented(5), "users:read")).Error, Is.SameAs(SessionErrors.InvalidScope));
    }

    private static IEnumerable<TestCaseData> LostRaces =>
    [
        new TestCaseData(
            FifthGeneration.Rotate(Guid.NewGuid(), Now, Now.AddDays(14), FifthGeneration.Scope),
            new SessionOptions(),
            null)
            .SetArgDisplayNames("rotated by another: repeated"),
        new TestCaseData(
            FifthGeneration.Rotate(Guid.NewGuid(), Now, Now.AddDays(14), FifthGeneration.Scope),
            WithoutGrace,
            "refresh-token-reused")
            .SetArgDisplayNames("rotated by another, without a grace: reused"),
        new TestCaseData(
            FifthGeneration with { Generation = 7, RotatedAt = Now }, new SessionOptions(), "refresh-token-reused")
            .SetArgDisplayNames("rotated twice by others: reused"),
        new TestCaseData(FifthGeneration with { EndedAt = Now }, new SessionOptions(), "invalid-refresh-token")
            .SetArgDisplayNames("ended by another: invalid"),
        new TestCaseData(null, new SessionOptions(), "invalid-refresh-token")
            .SetArgDisplayNames("deleted: invalid"),
    ];

    [TestCaseSource(nameof(LostRaces))]
    public async Task LostRace_IsDecidedAgainOnAFreshLook(Session? winner, SessionOptions options, string? code)
    {
        Found(() => _offered.Count == 0 ? FifthGeneration : winner, othersAreFaster: true);
        AllowEnding();

        var result = await RefreshAsync(Presented(5), options: options);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Error?.Code, Is.EqualTo(code));
            if (result.IsSuccess)
            {
                Assert.That(result.Value.RefreshToken, Is.EqualTo(RefreshTokenText(FifthGeneration.Id, 6)));
            }
        }
    }

    /// <summary>
    /// The connection was lost after the rotation had been stored. The second attempt finds the rotation, or an ended
    /// session.
    /// </summary>
    [Test]
    public async Task RotationWhoseConfirmationWasLost_IsKnownAgain([Values] bool endedSince, [Values] bool askedAgain)
    {
        Session Look() =>
            _offered.Count == 0 ? FifthGeneration : _offered[0] with { EndedAt = endedSince ? Now : null };
        Found(Look, othersAreFaster: true, askAgain: askedAgain);
        AllowEnding();

        var result = await RefreshAsync(Presented(5), options: WithoutGrace);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Error, Is.SameAs(endedSince ? SessionErrors.InvalidRefreshToken : null));
            Assert.That(_offered, Has.Count.EqualTo(1));
            if (result.IsSuccess)
            {
                Assert.That(result.Value.RefreshToken, Is.EqualTo(RefreshTokenText(FifthGeneration.Id, 6)));
            }
        }
    }

    [Test]
    public async Task RaceThatIsLostAgainAndAgain_EndsInARequestToTryLater()
    {
        Found(() => FifthGeneration, othersAreFaster: true);

        var result = await RefreshAsync(Presented(5));

        Assert.That(result.Error?.Code, Is.EqualTo("service-unavailable"));
        Assert.That(result.Error?.RetryAfter, Is.GreaterThan(TimeSpan.Zero));
    }

    [Test]
    public void ClientThatBreaksOffBeforeItsTurn_SpendsNothing()
    {
        using var request = new CancellationTokenSource();
        Found(() => BreakOff(request, FifthGeneration));

        Assert.That(
            () => RefreshAsync(Presented(5), cancellationToken: request.Token),
            Throws.InstanceOf<OperationCanceledException>());
        SessionWasOnlyRead();
    }

    [Test]
    public async Task ReusedTokenOfAClientThatBreaksOff_EndsTheSession()
    {
        using var request = new CancellationTokenSource();
        Found(() => BreakOff(request, FifthGeneration));
        AllowEnding();

        var result = await RefreshAsync(Presented(1), cancellationToken: request.Token);

        Assert.That(result.Error, Is.SameAs(SessionErrors.RefreshTokenReused));
    }

    [TestCase(59, 5, null, TestName = "{m}(current, too old to be set again)")]
    [TestCase(31, 5, null, TestName = "{m}(current, in the second half of the interval)")]
    [TestCase(29, 5, 5, TestName = "{m}(current, in the first half of the interval)")]
    [TestCase(59, 4, 5, TestName = "{m}(spent, within the interval)")]
    public async Task YoungCookie_IsAnsweredWithoutARotation(int age, int presented, int? handedOver)
    {
        var session = FifthGeneration with { RotatedAt = Now.AddSeconds(-age) };
        Stored(session);

        var result = await RefreshCookieAsync(presented);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                result.Value.RefreshToken,
                Is.EqualTo(handedOver is { } generation ? RefreshTokenText(session.Id, generation) : null));
            Assert.That(result.Value.ExpiresIn, Is.EqualTo(600));
            SessionWasOnlyRead();
        }
    }

    [Test]
    public async Task CookieOfAnInterval_Rotates()
    {
        Stored(FifthGeneration with { RotatedAt = Now.AddSeconds(-60) });

        var result = await RefreshCookieAsync(5);

        Assert.That(result.Value.RefreshToken, Is.EqualTo(RefreshTokenText(FifthGeneration.Id, 6)));
        Assert.That(_offered, Has.Count.EqualTo(1));
    }

    [TestCase(5, 1)]
    [TestCase(5, 3600)]
    [TestCase(4, 59)]
    public async Task WithoutRotation_AnswersAnAccessTokenAlone(int presented, int age)
    {
        Stored(FifthGeneration with { RotatedAt = Now.AddSeconds(-age) });

        var result = await RefreshCookieAsync(presented, rotate: false);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Value.RefreshToken, Is.Null);
            Assert.That(result.Value.AccessToken, Does.StartWith("access"));
            SessionWasOnlyRead();
        }
    }

    [TestCase(3, 1)]
    [TestCase(4, 60)]
    public async Task SpentCookieWithoutRotation_EndsTheSession(int presented, int age)
    {
        Stored(FifthGeneration with { RotatedAt = Now.AddSeconds(-age) });
        AllowEnding();

        var result = await RefreshCookieAsync(presented, rotate: false);

        Assert.That(result.Error, Is.SameAs(SessionErrors.RefreshTokenReused));
    }

    private async Task<Result<Tokens>> RefreshCookieAsync(int presented, bool rotate = true)
    {
        var handler = new RefreshHandler(
            _ports.Sessions.Object, _ports.RefreshTokens.Object, _ports.Tokens, _ports.Options, _ports.Time);
        var token = _ports.Readable(FifthGeneration.Id, presented, TokenTransport.Cookie);
        return await handler.Handle(
            new RefreshCommand(token, Rotate: rotate) { Transport = TokenTransport.Cookie }, CancellationToken.None);
    }

    private static Session BreakOff(CancellationTokenSource request, Session session)
    {
        request.Cancel();
        return session;
    }

    private async Task<Result<Tokens>> RefreshAsync(
        string token, string? scope = null, SessionOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        var handler = new RefreshHandler(
            _ports.Sessions.Object, _ports.RefreshTokens.Object, _ports.Tokens, options ?? _ports.Options, _ports.Time);
        return await handler.Handle(new RefreshCommand(token, scope), cancellationToken);
    }

    private string Presented(int generation) => _ports.Readable(FifthGeneration.Id, generation);

    private void Stored(Session? session, Account? account = null) => Found(() => session, account);

    /// <param name="find">Called for each read.</param>
    /// <param name="othersAreFaster">Whether the offered generation is not stored.</param>
    /// <param name="askAgain">
    /// Whether the repository reads again, in the same call, after an offer that was not stored.
    /// </param>
    private void Found(
        Func<Session?> find,
        Account? account = null,
        bool othersAreFaster = false,
        bool askAgain = false) => _ports.Sessions
        .Setup(sessions => sessions.RotateAsync(
            FifthGeneration.Id, It.IsAny<Func<AccountSession, Session?>>(), CancellationToken.None))
        .ReturnsAsync((Guid _, Func<AccountSession, Session?> next, CancellationToken _) =>
        {
            var found = Look();
            var offered = Offer(found, next);
            if (!othersAreFaster)
            {
                found = offered is null ? found : found! with { Session = offered };
            }
            else if (offered is not null && askAgain)
            {
                found = Look();
                Offer(found, next);
            }

            return found;

            AccountSession? Look() => find() is { } session ? new AccountSession(session, account ?? Ada) : null;
        });

    private Session? Offer(AccountSession? found, Func<AccountSession, Session?> next)
    {
        var offered = found is null ? null : next(found);
        if (offered is not null)
        {
            _offered.Add(offered);
        }

        return offered;
    }

    private void AllowEnding() => _ports.Sessions
        .Setup(sessions => sessions.EndAsync(
            FifthGeneration.Id, SessionEndReason.RefreshTokenReused, It.Is<AuditContext>(audit => audit.At == Now),
            CancellationToken.None))
        .Returns(Task.CompletedTask);

    private void SessionWasOnlyRead()
    {
        _ports.Sessions.Verify(
            sessions => sessions.RotateAsync(
                FifthGeneration.Id, It.IsAny<Func<AccountSession, Session?>>(), CancellationToken.None), Times.Once());
        _ports.Sessions.VerifyNoOtherCalls();
        Assert.That(_offered, Is.Empty);
    }
}
