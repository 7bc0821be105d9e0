using System.Runtime.Versioning;
using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Hosting;

/// <summary>The built service, started, stopped and killed as a process of its own.</summary>
[Platform(Exclude = "Win")]
[UnsupportedOSPlatform("windows")]
internal sealed class StartingAndStopping
{
    [Test]
    public async Task WholeWalk_AnswersAsDocumented()
    {
        using var folder = new TemporaryFolder();
        await using var service = await CleanJwtProcess.StartAsync(folder.Path);
        var email = await service.RegisterAsync();
        var tokens = await service.LoginAsync(email);

        var me = await service.MeAsync(tokens.AccessToken);
        await me.ShouldBeAsync(200);
        Assert.That((await me.JsonAsync()).GetProperty("email").GetString(), Is.EqualTo(email));

        var refresh = await service.RefreshAsync(tokens.RefreshToken);
        await refresh.ShouldBeAsync(200);
        var refreshed = TokenPair.From(await refresh.JsonAsync());
        await (await service.MeAsync(refreshed.AccessToken)).ShouldBeAsync(200);

        await (await service.LogoutAsync(refreshed.AccessToken)).ShouldBeAsync(204);
        await (await service.MeAsync(refreshed.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
        await (await service.MeAsync(tokens.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
        await (await service.RefreshAsync(refreshed.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");

        Assert.That(await service.StopAsync(), Is.Zero, service.Output);
        Assert.That(service.Errors, Is.Empty);
    }

    [TestCase(false, TestName = "{m}(stopped)")]
    [TestCase(true, TestName = "{m}(killed)")]
    public async Task StartedAgain_KnowsItsAccountsSessionsAndTokens(bool killed)
    {
        using var folder = new TemporaryFolder();
        string email;
        TokenPair kept, over;
        await using (var first = await CleanJwtProcess.StartAsync(folder.Path))
        {
            email = await first.RegisterAsync();
            (kept, over) = (await first.LoginAsync(email), await first.LoginAsync(email));
            await (await first.LogoutAsync(over.AccessToken)).ShouldBeAsync(204);
            await (killed ? first.KillAsync() : first.StopAsync());
        }

        await using var second = await CleanJwtProcess.StartAsync(folder.Path);
        await (await second.MeAsync(kept.AccessToken)).ShouldBeAsync(200);
        await (await second.RefreshAsync(kept.RefreshToken)).ShouldBeAsync(200);
        await (await second.RefreshAsync(over.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
        await second.LoginAsync(email);
    }

    [Test]
    public async Task RegistrationAnswered201_IsThereAfterAKill()
    {
        using var folder = new TemporaryFolder();
        var emails = new List<string>();
        for (var round = 0; round < 5; round++)
        {
            await using var service = await CleanJwtProcess.StartAsync(folder.Path);
            foreach (var email in emails)
            {
                await service.LoginAsync(email);
            }

            emails.Add(await service.RegisterAsync());
            await service.KillAsync();
        }

        await using var last = await CleanJwtProcess.StartAsync(folder.Path);
        await last.LoginAsync(emails[^1]);
    }
}
