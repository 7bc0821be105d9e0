using CleanJwt.Application.Accounts;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Passkeys;
using CleanJwt.Application.Ports;
using CleanJwt.Application.SecondFactors;
using CleanJwt.Application.Sessions;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Sessions;
using Microsoft.Extensions.Time.Testing;
using Moq;

namespace CleanJwt.Application.UnitTests.Sessions;

/// <summary>
/// The ports of the session use cases, as mocks that know no account until a test sets one, and a clock that stands
/// still.
/// </summary>
internal sealed class SessionFixture
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly Account Ada = new(
        Guid.Parse("0195a1b2-0000-7000-8000-00000000000a"),
        "ada@example.com",
        EmailConfirmed: false,
        DisplayName: null,
        Roles: [],
        CreatedAt: Now,
        UpdatedAt: Now,
        Version: 1);

    public static readonly Account Admin = Ada with { Roles = ["admin"] };

    public SessionFixture()
    {
        Tokens = new SessionTokens(AccessTokens.Object, RefreshTokens.Object);
        AuditLog.Setup(log => log.AddAsync(Capture.In(Noted), It.IsAny<CancellationToken>())).Returns(
            Task.CompletedTask);
        AccessTokens
            .Setup(tokens => tokens.Issue(
                It.IsAny<Session>(), It.IsAny<IReadOnlyList<string>>(), It.IsAny<ScopeSet>(),
                It.IsAny<DateTimeOffset>()))
            .Returns((Session session, IReadOnlyList<string> roles, ScopeSet scope, DateTimeOffset now) =>
                new IssuedAccessToken(
                    AccessTokenText(session, roles, scope), TimeSpan.FromMinutes(10), now.AddMinutes(10)));
        RefreshTokens
            .Setup(tokens => tokens.Write(It.IsAny<RefreshToken>()))
            .Returns((RefreshToken token) => RefreshTokenText(token.SessionId, token.Generation));
    }

    public Mock<IUserRepository> Users { get; } = new(MockBehavior.Strict);

    public Mock<ISessionRepository> Sessions { get; } = new(MockBehavior.Strict);

    /// <summary>Stores all its entries in <see cref="Noted"/>.</summary>
    public Mock<IAuditLog> AuditLog { get; } = new(MockBehavior.Strict);

    public List<AuditEntry> Noted { get; } = [];

    public Mock<IAccessTokenService> AccessTokens { get; } = new(MockBehavior.Strict);

    public Mock<IRefreshTokenService> RefreshTokens { get; } = new(MockBehavior.Strict);

    public SessionTokens Tokens { get; }

    public SessionOptions Options { get; init; } = new();

    public SessionStart Start => new(
        Sessions.Object, Tokens, Options, new AccountOptions(), NoNotices, Time);

    public Mock<ISecondFactorRepository> FactorRepository { get; } = new(MockBehavior.Strict);

    public Mock<ISecondFactorTokens> FactorTokens { get; } = new(MockBehavior.Strict);

    public Mock<IPasskeyRepository> Passkeys { get; } = new(MockBehavior.Strict);

    public Mock<IPasskeyCeremonies> Ceremonies { get; } = new(MockBehavior.Strict);

    public PasskeyCheck PasskeyCheck => new(Passkeys.Object, Ceremonies.Object, NoNotices, Time);

    public SecondFactorCheck Factors => new(FactorRepository.Object, PasskeyCheck, Time);

    /// <summary>The flows of a service that sends no mail.</summary>
    public MailFlows Flows => new(
        Mock.Of<IOutbox>(), Mock.Of<IFlowTokens>(), Mock.Of<IMailCodes>(), new MailOptions(), Time);

    public static Notices NoNotices => new(new NoticeOptions(), new MailOptions());

    public FakeTimeProvider Time { get; } = new(Now);

    /// <summary>An access token that shows what it was issued for.</summary>
    public static string AccessTokenText(Session session, IReadOnlyList<string> roles, ScopeSet scope) =>
        $"access {session.Id} [{string.Join(',', roles)}] {scope}";

    /// <summary>A refresh token that shows what it was written for.</summary>
    public static string RefreshTokenText(Guid sessionId, int generation) => $"refresh {sessionId} {generation}";

    /// <summary>
    /// A session of <see cref="Ada"/> that began an hour ago and was refreshed four times, lastly a minute ago.
    /// </summary>
    public static Session FifthGeneration => new()
    {
        Id = Guid.Parse("0195a1b2-0000-7000-8000-00000000005e"),
        AccountId = Ada.Id,
        CreatedAt = Now.AddHours(-1),
        LastSeenAt = Now.AddMinutes(-1),
        ExpiresAt = Now.AddMinutes(-1).AddDays(14),
        Generation = 5,
        RotatedAt = Now.AddMinutes(-1),
        RotationId = Guid.NewGuid(),
        Scope = ScopeSet.ParseKnown("account:read account:write"),
        AuthTime = Now.AddHours(-1),
        Amr = "pwd",
    };

    /// <summary>Makes a refresh token of this session and generation readable.</summary>
    /// <returns>The text of the token.</returns>
    public string Readable(
        Guid sessionId, int generation = 1, TokenTransport transport = TokenTransport.Body)
    {
        var text = Unreadable(RefreshTokenText(sessionId, generation));
        RefreshToken? token = new(sessionId, generation, transport);
        RefreshTokens.Setup(tokens => tokens.TryRead(text, transport, out token)).Returns(true);
        return text;
    }

    /// <summary>Makes a text that is not a refresh token of this service.</summary>
    public string Unreadable(string text = "no refresh token")
    {
        RefreshToken? none = null;
        RefreshTokens.Setup(tokens => tokens.TryRead(text, It.IsAny<TokenTransport>(), out none)).Returns(false);
        return text;
    }
}
