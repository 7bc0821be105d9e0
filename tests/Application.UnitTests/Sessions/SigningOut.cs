using CleanJwt.Application.Ports;
using CleanJwt.Application.Sessions;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using Moq;
using static CleanJwt.Application.UnitTests.Sessions.SessionFixture;

namespace CleanJwt.Application.UnitTests.Sessions;

/// <summary>Ending the sessions of the tokens that a client presents.</summary>
internal sealed class SigningOut
{
    private static readonly Guid One = Guid.Parse("0195a1b2-0000-7000-8000-000000000001");
    private static readonly Guid Other = Guid.Parse("0195a1b2-0000-7000-8000-000000000002");

    private readonly SessionFixture _ports = new();
    private readonly List<Guid> _ended = [];

    /// <summary>The texts that a client may present in one of the two places.</summary>
    internal enum Shown
    {
        Nothing,
        Empty,
        Unreadable,
        TokenOfOne,
        TokenOfOther,
    }

    [TestCase(Shown.Nothing, Shown.Nothing, "missing-token")]
    [TestCase(Shown.Empty, Shown.Empty, "missing-token")]
    [TestCase(Shown.Nothing, Shown.Empty, "missing-token")]
    [TestCase(Shown.Unreadable, Shown.Nothing, "invalid-refresh-token")]
    [TestCase(Shown.Unreadable, Shown.Empty, "invalid-refresh-token")]
    [TestCase(Shown.Nothing, Shown.Unreadable, "invalid-token")]
    [TestCase(Shown.Empty, Shown.Unreadable, "invalid-token")]
    [TestCase(Shown.Unreadable, Shown.Unreadable, "invalid-token")]
    public async Task NothingReadable_IsRefusedAndEndsNothing(Shown refreshToken, Shown accessToken, string code)
    {
        var result = await LogoutAsync(refreshToken, accessToken);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Error?.Code, Is.EqualTo(code));
            Assert.That(_ended, Is.Empty);
        }
    }

    [TestCase(Shown.TokenOfOne, Shown.Nothing)]
    [TestCase(Shown.TokenOfOne, Shown.Empty)]
    [TestCase(Shown.TokenOfOne, Shown.Unreadable)]
    [TestCase(Shown.Nothing, Shown.TokenOfOne)]
    [TestCase(Shown.Empty, Shown.TokenOfOne)]
    [TestCase(Shown.Unreadable, Shown.TokenOfOne)]
    [TestCase(Shown.TokenOfOne, Shown.TokenOfOne)]
    public async Task OneSession_IsEndedOnce(Shown refreshToken, Shown accessToken)
    {
        var result = await LogoutAsync(refreshToken, accessToken);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.IsSuccess, Is.True);
            Assert.That(_ended, Is.EqualTo(new[] { One }));
        }
    }

    [TestCase(Shown.TokenOfOne, Shown.TokenOfOther)]
    [TestCase(Shown.TokenOfOther, Shown.TokenOfOne)]
    public async Task TwoSessions_AreBothEnded(Shown refreshToken, Shown accessToken)
    {
        var result = await LogoutAsync(refreshToken, accessToken);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.IsSuccess, Is.True);
            Assert.That(_ended, Is.EquivalentTo(new[] { One, Other }));
        }
    }

    [TestCase(Shown.Nothing, Shown.TokenOfOne, "cookie")]
    [TestCase(Shown.Empty, Shown.TokenOfOne, "cookie")]
    [TestCase(Shown.Nothing, Shown.Unreadable, "")]
    [TestCase(Shown.TokenOfOther, Shown.TokenOfOne, "body")]
    public async Task Cookie_CountsWithoutATokenInTheBody(Shown refreshToken, Shown cookie, string ended)
    {
        var result = await LogoutAsync(refreshToken, Shown.Nothing, cookie);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.IsSuccess, Is.True);
            Assert.That(_ended, Is.EqualTo(ended switch
            {
                "cookie" => [One],
                "body" => [Other],
                _ => Array.Empty<Guid>(),
            }));
        }
    }

    [TestCase(Shown.Unreadable, Shown.TokenOfOne, "invalid-refresh-token")]
    public async Task UnreadableTokenInTheBody_IsRefusedBesideACookie(Shown refreshToken, Shown cookie, string code)
    {
        var result = await LogoutAsync(refreshToken, Shown.Nothing, cookie);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Error?.Code, Is.EqualTo(code));
            Assert.That(_ended, Is.Empty);
        }
    }

    private async Task<Result<Done>> LogoutAsync(
        Shown refreshToken, Shown accessToken, Shown cookie = Shown.Nothing)
    {
        _ports.Sessions
            .Setup(sessions => sessions.EndAsync(
                Capture.In(_ended), SessionEndReason.Logout, It.Is<AuditContext>(audit => audit.At == Now),
                It.IsAny<CancellationToken>()))
            .Returns(Task.CompletedTask);
        var handler = new LogoutHandler(
            _ports.Sessions.Object, _ports.AccessTokens.Object, _ports.RefreshTokens.Object, _ports.Time);
        return await handler.Handle(
            new LogoutCommand(RefreshTokenOf(refreshToken))
            {
                AccessToken = AccessTokenOf(accessToken),
                Cookie = RefreshTokenOf(cookie, TokenTransport.Cookie),
            }, CancellationToken.None);
    }

    private string? RefreshTokenOf(Shown shown, TokenTransport transport = TokenTransport.Body) => shown switch
    {
        Shown.Nothing => null,
        Shown.Empty => "",
        Shown.Unreadable => _ports.Unreadable($"no {transport} token"),
        Shown.TokenOfOne => _ports.Readable(One, 1, transport),
        Shown.TokenOfOther => _ports.Readable(Other, 1, transport),
    };

    private string? AccessTokenOf(Shown shown) => shown switch
    {
        Shown.Nothing => null,
        Shown.Empty => "",
        Shown.Unreadable => Reading(AccessTokenErrors.InvalidToken),
        Shown.TokenOfOne => Reading(TokenOf(One)),
        Shown.TokenOfOther => Reading(TokenOf(Other)),
    };

    private string Reading(Result<AccessToken> result)
    {
        const string Text = "access token";
        _ports.AccessTokens.Setup(tokens => tokens.ReadExpiredAsync(Text, It.IsAny<CancellationToken>())).ReturnsAsync(
            result);
        return Text;
    }

    private static AccessToken TokenOf(Guid sessionId) =>
        new(
            Ada.Id,
            sessionId,
            ScopeSet.ParseKnown("account:read"),
            [],
            Now.AddHours(-1),
            Now.AddMinutes(-50),
            "id",
            Now.AddHours(-1),
            Now.AddHours(-1));
}
