using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Mail;

/// <summary>How many mails strangers can have sent, whether the address has an account or not.</summary>
[OnDatabases]
internal sealed class MailLimits(DatabaseKind kind)
{
    [Test]
    public async Task OneOfAKindAMinute_FiveAnHourAndTenADay([Values] bool known)
    {
        await using var mail = new MailApp(kind: kind);
        var email = known ? await mail.App.RegisterAsync() : TestAccounts.UniqueEmail();
        await (await mail.ForgetAsync(email)).ShouldBeAsync(202);
        var refused = await mail.ForgetAsync(email);
        await refused.ShouldBeProblemAsync(429, "too-many-mails");
        Assert.That(refused.Headers.RetryAfter?.Delta, Is.EqualTo(TimeSpan.FromMinutes(1)));

        for (var sent = 1; sent < 5; sent++)
        {
            mail.App.Time.Advance(TimeSpan.FromMinutes(1));
            await (await mail.ForgetAsync(email)).ShouldBeAsync(202);
        }

        mail.App.Time.Advance(TimeSpan.FromMinutes(1));
        refused = await mail.ForgetAsync(email);
        await refused.ShouldBeProblemAsync(429, "too-many-mails");
        Assert.That(refused.Headers.RetryAfter?.Delta, Is.EqualTo(TimeSpan.FromMinutes(55)));

        mail.App.Time.Advance(TimeSpan.FromMinutes(60));
        for (var sent = 5; sent < 10; sent++)
        {
            mail.App.Time.Advance(TimeSpan.FromMinutes(1));
            await (await mail.ForgetAsync(email)).ShouldBeAsync(202);
        }

        mail.App.Time.Advance(TimeSpan.FromHours(2));
        await (await mail.ForgetAsync(email)).ShouldBeProblemAsync(429, "too-many-mails");
        mail.App.Time.Advance(TimeSpan.FromHours(22));
        await (await mail.ForgetAsync(email)).ShouldBeAsync(202);
    }

    [Test]
    public async Task AnotherKind_HasAMinuteOfItsOwn()
    {
        await using var mail = new MailApp(MailApp.WithConfirmation, kind);
        var email = TestAccounts.UniqueEmail();
        await (await mail.ForgetAsync(email)).ShouldBeAsync(202);
        await (await mail.SignUpAsync(email)).ShouldBeAsync(202);
        await (await mail.SignUpAsync(email.ToUpperInvariant())).ShouldBeProblemAsync(429, "too-many-mails");
    }

    /// <summary>Mail servers know these spellings of a domain as one.</summary>
    [TestCase("ada@example.com.")]
    [TestCase("ADA@EXAMPLE.COM")]
    [TestCase("ada@\uFF45xample.com")]
    [TestCase("ada@example\u3002com")]
    [Category("Exhaustive")]
    public async Task SpellingsOfOneMailbox_ShareItsLimits(string spelling)
    {
        await using var mail = new MailApp(kind: kind);
        await (await mail.ForgetAsync("ada@example.com")).ShouldBeAsync(202);
        await (await mail.ForgetAsync(spelling)).ShouldBeProblemAsync(429, "too-many-mails");
    }

    [TestCase("true", 429)]
    [TestCase("false", 202)]
    [Category("Exhaustive")]
    public async Task OneNetwork_AsksForTwentyAnHour(string enabled, int status)
    {
        await using var mail = new MailApp(new() { ["RateLimiting:Enabled"] = enabled }, kind);
        for (var sent = 0; sent < 20; sent++)
        {
            await (await mail.ForgetAsync(TestAccounts.UniqueEmail())).ShouldBeAsync(202);
        }

        await (await mail.ForgetAsync(TestAccounts.UniqueEmail())).ShouldBeAsync(status);
    }

    [Test]
    public async Task ParallelRequests_SendOneMail()
    {
        await using var mail = new MailApp(kind: kind);
        var email = await mail.App.RegisterAsync();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(async _ => (int)(await mail.ForgetAsync(email)).StatusCode));
        Assert.That(answers.Count(status => status == 202), Is.EqualTo(1));
        await mail.DrainAsync();
        Assert.That(
            (await mail.MailsToAsync(email)).Count(one => one.Template == "reset-password"), Is.EqualTo(1));
    }
}
