using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Sessions;
using static CleanJwt.Domain.UnitTests.Sessions.SessionExample;

namespace CleanJwt.Domain.UnitTests.Sessions;

/// <summary>When a session is live, and how a rotation changes it.</summary>
internal sealed class LifeOfASession
{
    [Test]
    public void New_IsTheFirstGeneration()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(New.Generation, Is.EqualTo(1));
            Assert.That(New.RotatedAt, Is.Null);
            Assert.That(New.IsLive(Start), Is.True);
        }
    }

    [Test]
    public void Expiry_IsTheFirstMomentAfterItsLife()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(New.IsLive(New.ExpiresAt - Tick), Is.True);
            Assert.That(New.IsLive(New.ExpiresAt), Is.False);
            Assert.That(New.IsLive(New.ExpiresAt + Tick), Is.False);
        }
    }

    [Test]
    public void Ended_IsNotLiveAtAnyTime()
    {
        var ended = New with { EndedAt = Start.AddMinutes(5), EndReason = SessionEndReason.Logout };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ended.IsLive(Start), Is.False);
            Assert.That(ended.IsLive(Start.AddMinutes(5)), Is.False);
            Assert.That(ended.IsLive(Start.AddMinutes(6)), Is.False);
        }
    }

    [Test]
    public void Rotated_IsTheNextGenerationFromNowOn()
    {
        var rotationId = Guid.NewGuid();
        var now = Start.AddMinutes(7);
        var expiry = Start.AddHours(2);

        var rotated = (New with { Generation = 4 }).Rotate(rotationId, now, expiry, ScopeSet.AllowedFor([]));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(rotated.Generation, Is.EqualTo(5));
            Assert.That(rotated.RotationId, Is.EqualTo(rotationId));
            Assert.That(rotated.RotatedAt, Is.EqualTo(now));
            Assert.That(rotated.LastSeenAt, Is.EqualTo(now));
            Assert.That(rotated.ExpiresAt, Is.EqualTo(expiry));
        }
    }

    [Test]
    public void Rotated_KeepsAllElse()
    {
        var session = New with
        {
            UserAgent = "curl",
            IpAddress = "192.0.2.1",
            Scope = ScopeSet.ParseKnown("account:write"),
            Amr = "pwd otp"
        };

        var rotated = session.Rotate(
            Guid.NewGuid(), Start.AddMinutes(7), Start.AddHours(2), ScopeSet.AllowedFor([Roles.Admin]));

        var restored = rotated with
        {
            Generation = session.Generation,
            RotationId = session.RotationId,
            RotatedAt = session.RotatedAt,
            LastSeenAt = session.LastSeenAt,
            ExpiresAt = session.ExpiresAt,
        };
        Assert.That(restored, Is.EqualTo(session));
    }

    [TestCase("account:read", "account:read account:write users:read", TestName = "{m}(more than before)")]
    [TestCase("account:read users:read", "account:read account:write", TestName = "{m}(less than before)")]
    public void Rotated_HasAllThatTheAccountMayHave_UnlessTheSignInNamedScopes(string before, string allowed)
    {
        var named = New with { Scope = ScopeSet.ParseKnown(before) };

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Rotated(named with { HasAllScopes = true }).Scope.ToString(), Is.EqualTo(allowed));
            Assert.That(Rotated(named).Scope, Is.EqualTo(named.Scope));
        }

        Session Rotated(Session session) =>
            session.Rotate(Guid.NewGuid(), Start, Start.AddHours(2), ScopeSet.ParseKnown(allowed));
    }
}
