using CleanJwt.Infrastructure.Revocation;
using Microsoft.Extensions.Time.Testing;

namespace CleanJwt.Infrastructure.IntegrationTests;

/// <summary>The node's list of sessions that are over: it outlives the longest token there can be, and does not grow for ever.</summary>
internal sealed class RevokedSessions
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(65);
    private static readonly Guid Session = Guid.NewGuid();

    private readonly FakeTimeProvider _time = new();
    private readonly LocalRevocationList _list;

    public RevokedSessions() => _list = new LocalRevocationList(_time);

    [Test]
    public void EndedSession_IsRevokedAndNoOther()
    {
        _list.Add(Session);
        Assert.That(_list.IsRevoked(Session));
        Assert.That(_list.IsRevoked(Guid.NewGuid()), Is.False);
    }

    [Test]
    public void EndedSession_IsRevokedForAsLongAsATokenOfItCanBeValid()
    {
        _list.Add(Session);
        _time.Advance(Kept);
        _list.Add(Guid.NewGuid()); // sweeps
        Assert.That(_list.IsRevoked(Session));
    }

    [Test]
    public void EndedSession_IsForgottenAfterThat()
    {
        _list.Add(Session);
        _time.Advance(Kept + TimeSpan.FromSeconds(1));
        _list.Add(Guid.NewGuid()); // sweeps
        Assert.That(_list.IsRevoked(Session), Is.False);
    }

    [Test]
    public void SessionEndedAgain_IsKeptFromThenOn()
    {
        _list.Add(Session);
        _time.Advance(Kept);
        _list.Add(Session);
        _time.Advance(TimeSpan.FromMinutes(2));
        _list.Add(Guid.NewGuid()); // sweeps
        Assert.That(_list.IsRevoked(Session));
    }
}
