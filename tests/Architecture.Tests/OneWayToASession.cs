using CleanJwt.Application.Ports;
using CleanJwt.Application.Sessions;

namespace CleanJwt.Architecture.Tests;

/// <summary>
/// One step starts sessions and gives them a fresh <c>auth_time</c>, so no route can forget the second factor.
/// </summary>
internal sealed class OneWayToASession
{
    [TestCase(nameof(ISessionRepository.TryStartAsync))]
    [TestCase(nameof(ISessionRepository.TryReauthenticateAsync))]
    public void Sessions_AreStartedBySessionStartAlone(string method) =>
        Assert.That(
            Layers.CallersOf(typeof(ISessionRepository), method), Is.EqualTo(new[] { typeof(SessionStart).FullName }));

    [Test]
    public void OtherCalls_AreSeen() =>
        Assert.That(
            Layers.CallersOf(typeof(ISessionRepository), nameof(ISessionRepository.EndAsync)),
            Does.Contain(typeof(LogoutHandler).FullName).And.Contain(typeof(RefreshHandler).FullName));
}
