using CleanJwt.ProcessTests.Support;


namespace CleanJwt.ProcessTests.Commands;

/// <summary>
/// A backup knows nothing of what happened after it was taken; the command <c>sessions end-all</c> makes up for that.
/// </summary>
[Platform(Exclude = "Win", Reason = "processes are signalled with kill")]
internal sealed class RestoredBackup
{
    [Test]
    public async Task WithEndAll_AcceptsNoTokenIssuedBefore()
    {
        using var folder = new TemporaryFolder();
        await using var node = await ServiceNode.StartAsync(folder.Path);
        var sessions = await LiveThroughARestoreAsync(folder, node);

        var command = await ServiceNode.RunAsync(folder.Path, "sessions", "end-all");
        Assert.That(command.ExitCode, Is.Zero, command.Errors);
        Assert.That(
            command.Output, Does.Contain("Ended 2 sessions and replaced the signing keys."), "the backup has two");

        await node.RestartAsync();
        foreach (var tokens in new[] { sessions.Kept, sessions.EndedSince, sessions.BegunSince })
        {
            await (await node.Client.AskAsync(tokens.AccessToken)).ShouldBeProblemAsync(401, "invalid-token");
            await (await node.Client.AskAsync(tokens.AccessToken, "/api/users/me")).ShouldBeProblemAsync(
                401, "invalid-token");
            await (await node.Client.RefreshAsync(tokens.RefreshToken)).ShouldBeProblemAsync(
                401, "invalid-refresh-token");
        }

        await ShouldServeAsync(node, sessions.Email);
    }

    /// <summary>What the command is for: this is how it would be without it.</summary>
    [Test]
    public async Task WithoutEndAll_RevivesWhatWasEndedSince()
    {
        using var folder = new TemporaryFolder();
        await using var node = await ServiceNode.StartAsync(folder.Path);
        var sessions = await LiveThroughARestoreAsync(folder, node);
        await node.RestartAsync();
        await (await node.Client.AskAsync(sessions.EndedSince.AccessToken)).ShouldBeAsync(200);
        await (await node.Client.RefreshAsync(sessions.EndedSince.RefreshToken)).ShouldBeAsync(200);
        await (await node.Client.AskAsync(sessions.BegunSince.AccessToken)).ShouldBeAsync(200);
        await (await node.Client.RefreshAsync(sessions.BegunSince.RefreshToken)).ShouldBeProblemAsync(
            401, "invalid-refresh-token");
    }

    [Test]
    public async Task WithoutItsKeyFolder_EndAllMakesNewKeys()
    {
        using var folder = new TemporaryFolder();
        await using var node = await ServiceNode.StartAsync(folder.Path);
        var email = await node.Client.RegisterAsync();
        var tokens = await node.Client.LoginAsync(email);
        await node.StopAsync();
        Directory.Delete(Path.Combine(folder.Path, "data", "keys"), recursive: true);

        var command = await ServiceNode.RunAsync(folder.Path, "sessions", "end-all");
        Assert.That(command.ExitCode, Is.Zero, command.Errors);
        Assert.That(command.Output, Does.Contain("Ended 1 sessions and replaced the signing keys."));

        await node.RestartAsync();
        await (await node.Client.AskAsync(tokens.AccessToken)).ShouldBeProblemAsync(401, "invalid-token");
        await (await node.Client.RefreshAsync(tokens.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
        await ShouldServeAsync(node, email);
    }

    [Test]
    public async Task EndAll_OfADatabaseThatIsNew_EndsNothing()
    {
        using var folder = new TemporaryFolder();
        var command = await ServiceNode.RunAsync(folder.Path, "sessions", "end-all");
        Assert.That(command.ExitCode, Is.Zero, command.Errors);
        Assert.That(command.Output, Does.Contain("Ended 0 sessions"));
    }

    [Test]
    public async Task EndAll_OfADatabaseThatIsNotUpToDate_SaysSoInOneLine()
    {
        using var folder = new TemporaryFolder();
        var command = await ServiceNode.RunAsync(folder.Path, "sessions", "end-all", "--Database:MigrateOnStart=false");
        Assert.That(command.ExitCode, Is.EqualTo(1), command.Output);
        Assert.That(command.Errors.Trim(), Does.Contain("run the command 'migrate'").And.Not.Contain("\n"));
    }

    [TestCase("sessions")]
    [TestCase("sessions", "end-some")]
    [TestCase("serve")]
    public async Task UnknownCommand_IsAnsweredWithTheOnesThereAre(params string[] words)
    {
        using var folder = new TemporaryFolder();
        var command = await ServiceNode.RunAsync(folder.Path, words);
        Assert.That(command.ExitCode, Is.EqualTo(2), command.Output);
        Assert.That(
            command.Errors,
            Does.Contain($"'{string.Join(' ', words)}'").And.Contain("sessions end-all").And.Contain("migrate"));
        Assert.That(File.Exists(ServiceNode.DatabasePathIn(folder.Path)), Is.False);
    }

    /// <summary>
    /// A session is there all the time, one is ended after the backup, one begins after it; then the backup takes the
    /// database's place.
    /// </summary>
    private static async Task<(
        string Email, TokenPair Kept, TokenPair EndedSince, TokenPair BegunSince)> LiveThroughARestoreAsync(
        TemporaryFolder folder, ServiceNode node)
    {
        var email = await node.Client.RegisterAsync();
        var (kept, endedSince) = (await node.Client.LoginAsync(email), await node.Client.LoginAsync(email));
        await node.StopAsync();
        var database = ServiceNode.DatabasePathIn(folder.Path);
        Assert.That(new FileInfo(database + "-wal") is { Exists: true, Length: > 0 }, Is.False,
            "a stopped service leaves all in one file");
        File.Copy(database, database + ".backup");

        await node.RestartAsync();
        await node.Client.LogoutAsync(endedSince);
        await (await node.Client.AskAsync(endedSince.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
        var begunSince = await node.Client.LoginAsync(email);
        await node.StopAsync();

        File.Delete(database + "-wal");
        File.Delete(database + "-shm");
        File.Move(database + ".backup", database, overwrite: true);
        return (email, kept, endedSince, begunSince);
    }

    private static async Task ShouldServeAsync(ServiceNode node, string email)
    {
        var tokens = await node.Client.LoginAsync(email);
        await (await node.Client.AskAsync(tokens.AccessToken, "/api/users/me")).ShouldBeAsync(200);
        await (await node.Client.RefreshAsync(tokens.RefreshToken)).ShouldBeAsync(200);
    }
}
