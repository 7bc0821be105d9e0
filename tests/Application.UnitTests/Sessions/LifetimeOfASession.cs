using System.Globalization;
using CleanJwt.Application.Sessions;
using CleanJwt.Domain.Sessions;
using static CleanJwt.Application.UnitTests.Sessions.SessionFixture;

namespace CleanJwt.Application.UnitTests.Sessions;

/// <summary>The idle and the absolute end of a session: the earlier one counts.</summary>
internal sealed class LifetimeOfASession
{
    private static readonly SessionOptions Options =
        new() { IdleLifetime = TimeSpan.FromDays(10), AbsoluteLifetime = TimeSpan.FromDays(30) };

    [TestCase(0, 10)]
    [TestCase(19, 29)]
    [TestCase(20, 30)]
    [TestCase(21, 30)]
    [TestCase(29, 30)]
    public void RefreshedAfterDays_EndsAfterDays(int refreshed, int end) =>
        Assert.That(Options.ExpiryOf(Now, Now.AddDays(refreshed)), Is.EqualTo(Now.AddDays(end)));

    [Test]
    public void Defaults_AreTheContracts()
    {
        var defaults = new SessionOptions();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(defaults.IdleLifetime, Is.EqualTo(TimeSpan.FromDays(14)));
            Assert.That(defaults.AbsoluteLifetime, Is.EqualTo(TimeSpan.FromDays(90)));
            Assert.That(defaults.RefreshReuseGrace, Is.EqualTo(TimeSpan.FromSeconds(30)));
            Assert.That(SessionOptions.SectionName, Is.EqualTo("Sessions"));
        }
    }

    // Only a rotation prolongs a session, so one that is in use must rotate before it counts as idle.
    [TestCase("14.00:00:00", "00:01:00", "00:01:00")]
    [TestCase("00:02:00", "00:01:00", "00:01:00")]
    [TestCase("00:00:20", "00:01:00", "00:00:10")]
    public void CookieRotates_WithinHalfOfTheIdleLifetime(string idle, string interval, string expected)
    {
        var options = new SessionOptions
        {
            IdleLifetime = TimeSpan.Parse(idle, CultureInfo.InvariantCulture),
            CookieRotationInterval = TimeSpan.Parse(interval, CultureInfo.InvariantCulture),
        };
        var time = TimeSpan.Parse(expected, CultureInfo.InvariantCulture);
        Assert.That(options.RuleOf(TokenTransport.Cookie), Is.EqualTo(new RotationRule(time, time)));
    }
}
