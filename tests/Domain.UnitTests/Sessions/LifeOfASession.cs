using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Sessions;
using static CleanJwt.Domain.UnitTests.Sessions.SessionExample;

namespace CleanJwt.Domain.UnitTests.Sessions;

/// <summary>When a session is live, and what a rotation makes of it.</summary>
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

        var rotated = (New with { Generation = 4 }).Rotate(rotationId, now, expiry);

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
        var session = New with { UserAgent = "curl", IpAddress = "192.0.2.1", Scope = ScopeSet.Parse("account:write"), Amr = "pwd otp" };

        var rotated = session.Rotate(Guid.NewGuid(), Start.AddMinutes(7), Start.AddHours(2));

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
}
