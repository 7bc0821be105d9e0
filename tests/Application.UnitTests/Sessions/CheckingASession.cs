using CleanJwt.Application.Ports;
using CleanJwt.Application.Sessions;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using Moq;
using static CleanJwt.Application.UnitTests.Sessions.SessionFixture;

namespace CleanJwt.Application.UnitTests.Sessions;

/// <summary>Checking whether a session may write now.</summary>
internal sealed class CheckingASession
{
    private readonly SessionFixture _ports = new();

    private static IEnumerable<TestCaseData> Answers =>
    [
        Row("live, no scope", new SessionState([], IsLive: true), null, null),
        Row("live, everybody's scope", new SessionState([], IsLive: true), "account:write", null),
        Row("live, an admin's scope with the role", new SessionState(["admin"], IsLive: true), "users:write", null),
        Row(
            "live, an admin's scope without the role",
            new SessionState([], IsLive: true),
            "users:write",
            AccessTokenErrors.InsufficientScope),
        Row(
            "live, an admin's scope with another role",
            new SessionState(["x"], IsLive: true),
            "users:write",
            AccessTokenErrors.InsufficientScope),
        Row(
            "live, no scope that there is",
            new SessionState(["admin"], IsLive: true),
            "nonsense",
            AccessTokenErrors.InsufficientScope),
        Row("over", new SessionState(["admin"], IsLive: false), "account:write", AccessTokenErrors.TokenRevoked),
        Row("over, no scope", new SessionState([], IsLive: false), null, AccessTokenErrors.TokenRevoked),
        Row(
            "over, and without the role",
            new SessionState([], IsLive: false),
            "users:write",
            AccessTokenErrors.TokenRevoked),
        Row("account gone", null, "account:write", AccountErrors.UserNotFound),
        Row("account gone, no scope", null, null, AccountErrors.UserNotFound),
    ];

    [TestCaseSource(nameof(Answers))]
    public async Task Session_IsJudgedByWhatTheDatabaseSays(SessionState? state, string? scope, Error? error)
    {
        _ports.Sessions
            .Setup(sessions => sessions.FindStateAsync(Ada.Id, FifthGeneration.Id, Now, It.IsAny<CancellationToken>()))
            .ReturnsAsync(state);

        var result = await new CheckSessionHandler(_ports.Sessions.Object, _ports.Time)
            .Handle(new CheckSessionQuery(Ada.Id, FifthGeneration.Id, scope), CancellationToken.None);

        Assert.That(result.Error, Is.SameAs(error));
    }

    [TestCase(0, true)]
    [TestCase(299, true)]
    [TestCase(300, true)]
    [TestCase(301, false)]
    [TestCase(-30, true)] // another node's clock is ahead
    [TestCase(-31, false)] // a clock was set back
    public void SignIn_IsRecentForFiveMinutes(int seconds, bool recent) =>
        Assert.That(new StepUpOptions().IsRecent(Now, Now.AddSeconds(seconds)), Is.EqualTo(recent));

    private static TestCaseData Row(string name, SessionState? state, string? scope, Error? error) =>
        new TestCaseData(state, scope, error).SetArgDisplayNames(name);
}
