using CleanJwt.Application.Clients;
using CleanJwt.Application.Ports;
using CleanJwt.Application.Sessions;
using CleanJwt.Application.UnitTests.Sessions;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using Moq;
using static CleanJwt.Application.UnitTests.Sessions.SessionFixture;

namespace CleanJwt.Application.UnitTests.Clients;

/// <summary>Telling another service whether a token is valid now.</summary>
internal sealed class Introspecting
{
    private static readonly AccessToken Token = new(
        Ada.Id, FifthGeneration.Id, ScopeSet.ParseKnown(
            "account:read"), [], Now.AddHours(-1), Now.AddMinutes(5), "id", Now, Now);

    private readonly SessionFixture _ports = new();
    private readonly Mock<IRevocationList> _revocations = new(MockBehavior.Strict);

    [Test]
    public async Task AccessToken_IsToldFromMemory()
    {
        var result = await IntrospectAsync(Accepted(RevocationVerdict.NotRevoked));

        Assert.That(result.Value, Is.EqualTo(new Introspection(Token, Session: null)));
        _ports.Sessions.VerifyNoOtherCalls();
    }

    [Test]
    public async Task AccessTokenOfARevokedSession_IsInactive()
    {
        var result = await IntrospectAsync(Accepted(RevocationVerdict.Revoked));

        Assert.That(result.Value, Is.SameAs(Introspection.Inactive));
    }

    [Test]
    public async Task AccessTokenOfWhichTheNodeCannotKnow_IsNotJudged()
    {
        var result = await IntrospectAsync(Accepted(RevocationVerdict.Unknown));

        Assert.That(result.Error, Is.SameAs(AccessTokenErrors.RevocationUnavailable));
    }

    [TestCase("token-expired")]
    [TestCase("invalid-token")]
    public async Task TokenThatIsNeither_IsInactiveWithoutALookup(string code)
    {
        var result = await IntrospectAsync(_ports.Unreadable(NotAccepted("neither", code)));

        Assert.That(result.Value, Is.SameAs(Introspection.Inactive));
        _ports.Sessions.VerifyNoOtherCalls();
    }

    private static IEnumerable<TestCaseData> Sessions =>
    [
        new TestCaseData(FifthGeneration, 5, true).SetArgDisplayNames("current"),
        new TestCaseData(FifthGeneration with { RotatedAt = Now.AddSeconds(-29) }, 4, true).SetArgDisplayNames(
            "spent within the grace"),
        new TestCaseData(FifthGeneration with { RotatedAt = Now.AddSeconds(-30) }, 4, false).SetArgDisplayNames(
            "spent before the grace"),
        new TestCaseData(FifthGeneration with { RotatedAt = Now }, 3, false).SetArgDisplayNames("two generations old"),
        new TestCaseData(FifthGeneration, 6, false).SetArgDisplayNames("never issued"),
        new TestCaseData(FifthGeneration with { EndedAt = Now }, 5, false).SetArgDisplayNames("ended"),
        new TestCaseData(FifthGeneration with { ExpiresAt = Now }, 5, false).SetArgDisplayNames("expired"),
        new TestCaseData(null, 5, false).SetArgDisplayNames("gone"),
    ];

    [TestCaseSource(nameof(Sessions))]
    public async Task RefreshToken_IsJudgedByItsSessionAndEndsNothing(Session? session, int generation, bool isActive)
    {
        _ports.Sessions
            .Setup(sessions => sessions.FindAsync(FifthGeneration.Id, It.IsAny<CancellationToken>()))
            .ReturnsAsync(session is null ? null : new AccountSession(session, Ada));

        var result = await IntrospectAsync(
            NotAccepted(_ports.Readable(FifthGeneration.Id, generation), "invalid-token"));

        Assert.That(
            result.Value,
            Is.EqualTo(isActive ? new Introspection(AccessToken: null, session) : Introspection.Inactive));
        _ports.Sessions.Verify(
            sessions => sessions.FindAsync(FifthGeneration.Id, It.IsAny<CancellationToken>()), Times.Once());
        _ports.Sessions.VerifyNoOtherCalls();
    }

    [TestCase(29, TokenTransport.Body, true)]
    [TestCase(59, TokenTransport.Body, false)]
    [TestCase(59, TokenTransport.Cookie, true)]
    [TestCase(60, TokenTransport.Cookie, false)]
    public async Task SpentToken_IsJudgedByTheRuleOfItsTransport(int age, TokenTransport transport, bool isActive)
    {
        var session = FifthGeneration with { RotatedAt = Now.AddSeconds(-age) };
        _ports.Sessions
            .Setup(sessions => sessions.FindAsync(FifthGeneration.Id, It.IsAny<CancellationToken>()))
            .ReturnsAsync(new AccountSession(session, Ada));

        var result = await IntrospectAsync(
            NotAccepted(_ports.Readable(FifthGeneration.Id, 4, transport), "invalid-token"));

        Assert.That(result.Value.Session, isActive ? Is.SameAs(session) : Is.Null);
    }

    private async Task<Result<Introspection>> IntrospectAsync(string token)
    {
        var handler = new IntrospectHandler(
            _ports.AccessTokens.Object, _ports.RefreshTokens.Object, _revocations.Object, _ports.Sessions.Object,
            _ports.Options, _ports.Time);
        return await handler.Handle(new IntrospectQuery(token), CancellationToken.None);
    }

    private string Accepted(RevocationVerdict verdict)
    {
        _revocations.Setup(revocations => revocations.Check(Token.SessionId)).Returns(verdict);
        _ports.AccessTokens.Setup(
            tokens => tokens.ReadAsync("access token", It.IsAny<CancellationToken>())).ReturnsAsync(Token);
        return "access token";
    }

    private string NotAccepted(string text, string code)
    {
        var error = code == "token-expired" ? AccessTokenErrors.TokenExpired : AccessTokenErrors.InvalidToken;
        _ports.AccessTokens.Setup(tokens => tokens.ReadAsync(text, It.IsAny<CancellationToken>())).ReturnsAsync(error);
        return text;
    }
}
