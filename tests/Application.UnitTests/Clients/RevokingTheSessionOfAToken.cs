using CleanJwt.Application.Clients;
using CleanJwt.Application.Ports;
using CleanJwt.Application.UnitTests.Sessions;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using Moq;
using static CleanJwt.Application.UnitTests.Sessions.SessionFixture;

namespace CleanJwt.Application.UnitTests.Clients;

/// <summary>Ending the session of a token that another service presents.</summary>
internal sealed class RevokingTheSessionOfAToken
{
    private readonly SessionFixture _ports = new();
    private readonly List<AuditContext> _audits = [];

    [Test]
    public async Task AccessToken_EndsItsSession()
    {
        Read(new AccessToken(
            Ada.Id, FifthGeneration.Id, ScopeSet.ParseKnown("account:read"), [], Now.AddHours(-1), Now.AddMinutes(-50),
            "id", Now.AddHours(-1), Now.AddHours(-1)));

        await ShouldEndAsync("token");
    }

    [Test]
    public async Task RefreshToken_EndsItsSessionWhateverItsGeneration()
    {
        var token = _ports.Readable(FifthGeneration.Id, 1);
        Read(AccessTokenErrors.InvalidToken, token);

        await ShouldEndAsync(token);
    }

    [Test]
    public async Task Neither_IsWellAndEndsNothing()
    {
        Read(AccessTokenErrors.InvalidToken, _ports.Unreadable("token"));

        Assert.That((await RevokeAsync("token")).IsSuccess, Is.True);
        _ports.Sessions.VerifyNoOtherCalls();
    }

    private async Task ShouldEndAsync(string token)
    {
        // A service that disconnects must not keep the session alive.
        _ports.Sessions
            .Setup(sessions => sessions.EndAsync(
                FifthGeneration.Id, SessionEndReason.RevokedByClient, Capture.In(_audits), CancellationToken.None))
            .Returns(Task.CompletedTask);

        Assert.That((await RevokeAsync(token)).IsSuccess, Is.True);

        var audit = _audits.Single();
        var entry = audit.Entries.Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((audit.At, entry.At), Is.EqualTo((Now, Now)));
            Assert.That(
                (entry.Action, entry.SessionId, entry.UserAgent, entry.IpAddress),
                Is.EqualTo(("revoked-by-client", (Guid?)FifthGeneration.Id, (string?)null, (string?)null)));
        }
    }

    private async Task<Result<Done>> RevokeAsync(string token)
    {
        using var hungUp = new CancellationTokenSource();
        var handler = new RevokeTokenHandler(
            _ports.AccessTokens.Object, _ports.RefreshTokens.Object, _ports.Sessions.Object, _ports.Time);
        return await handler.Handle(new RevokeTokenCommand(token), hungUp.Token);
    }

    private void Read(Result<AccessToken> result, string text = "token") =>
        _ports.AccessTokens.Setup(tokens => tokens.ReadExpiredAsync(text, It.IsAny<CancellationToken>())).ReturnsAsync(
            result);
}
