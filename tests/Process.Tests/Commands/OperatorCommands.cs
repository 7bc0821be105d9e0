using System.Net.Http.Json;
using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Commands;

/// <summary>The commands that change one account, on the real program, beside a running node.</summary>
internal sealed class OperatorCommands
{
    private const string NewPassword = "a quite new password 7";
    private const string Email = "ada@example.com";

    private readonly TemporaryFolder _folder = new();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task AdminAdd_MakesAnAdministratorWhereThereIsNoAccount()
    {
        await using var node = await ServiceNode.StartAsync(_folder.Path);
        var added = await ServiceNode.RunWithInputAsync(_folder.Path, $"{NewPassword}\n", "admin", "add", Email);
        Assert.That(added.ExitCode, Is.Zero, added.Errors);
        Assert.That(added.Output, Does.Contain($"Created the administrator {Email}."));
        Assert.That(added.Output + added.Errors, Does.Not.Contain(NewPassword));
        var admin = await LoginAsync(node.Client, NewPassword);
        await (await node.Client.DoAsync(admin, "GET /api/admin/users")).ShouldBeAsync(200);
    }

    [Test]
    public async Task AdminAdd_WithACommonPassword_MakesNobody()
    {
        var refused = await ServiceNode.RunWithInputAsync(_folder.Path, "Password1234\n", "admin", "add", Email);
        Assert.That(
            (refused.ExitCode, refused.Errors),
            Is.EqualTo((1, "password: Must not be one of the commonly used passwords.\n")));
        var made = await ServiceNode.RunWithInputAsync(_folder.Path, $"{NewPassword}\n", "admin", "add", Email);
        Assert.That(
            made.Output,
            Does.Contain($"Created the administrator {Email}."),
            "an account that exists would have been shown");
    }

    [Test]
    public async Task AdminAdd_OfAnAccountThatExists_ShowsItAsksAndEndsItsSessions()
    {
        await using var node = await ServiceNode.StartAsync(_folder.Path);
        await (await node.Client.PostAsJsonAsync(
            "/api/auth/register", new { email = Email, password = TestAccounts.Password, displayName = "Ada L" }))
                .ShouldBeAsync(201);
        SqliteScript.Scalar(
            ServiceNode.DatabasePathIn(_folder.Path),
            "UPDATE AspNetUsers SET DisplayName = @p0", "Ada \u202EL"); // as an imported row could have it
        var session = await LoginAsync(node.Client, TestAccounts.Password);

        foreach (var answer in new[] { "n\n", "", "\n", "yeah\n" })
        {
            var refused = await ServiceNode.RunWithInputAsync(
                _folder.Path, $"{NewPassword}\n{answer}", "admin", "add", Email);
            Assert.That(refused.ExitCode, Is.EqualTo(1), refused.Output);
            Assert.That(refused.Output, Does.Contain(session.AccountId).And.Contain(Email).And.Contain("Ada"));
            Assert.That(refused.Output, Has.None.EqualTo('\u202E'), "it would turn around what follows");
            Assert.That(refused.Errors, Does.Contain("[y/N]").And.Contain("Nothing was changed."));
        }

        await (await node.Client.AskAsync(session.AccessToken)).ShouldBeAsync(200);
        var promoted = await ServiceNode.RunWithInputAsync(
            _folder.Path, $"{NewPassword}\ny\n", "admin", "add", Email.ToUpperInvariant());
        Assert.That(promoted.ExitCode, Is.Zero, promoted.Errors);
        Assert.That(
            () =>
                node.Client.AskAsync(
                    session.AccessToken).Result.AnswerAsync().Result, Is.EqualTo("401 token-revoked").After(1_000, 20));
        await (await node.Client.TryLoginAsync(Email, TestAccounts.Password)).ShouldBeProblemAsync(
            401, "invalid-credentials");
        var admin = await LoginAsync(node.Client, NewPassword);
        var trail = await (await node.Client.DoAsync(admin, "GET /api/users/me/activity")).JsonAsync();
        Assert.That(
            trail.GetProperty("items").EnumerateArray().Select(entry => entry.Text("action")),
            Does.Contain("made-admin-by-operator"));
        await (await node.Client.DoAsync(admin, "GET /api/admin/users")).ShouldBeAsync(200);
    }

    [TestCase("--Audit:Retention=90.00:00:00")]
    [TestCase("--Audit:Retention", "90.00:00:00")]
    [TestCase("--environment", "Development", "--Audit:Retention=90.00:00:00")]
    public async Task SettingsBeforeACommand_DoNotHideIt(params string[] settings)
    {
        var migrated = await ServiceNode.RunAsync(_folder.Path, [.. settings, "migrate"]);
        Assert.That(migrated.ExitCode, Is.Zero, migrated.Errors);
        Assert.That(migrated.Output, Does.Contain("The database is up to date."));
        Assert.That(File.Exists(ServiceNode.DatabasePathIn(_folder.Path)));
    }

    [TestCase("-x")]
    [TestCase("/migrate")]
    public async Task WordThatIsNoCommand_StopsWithTheListOfCommands(string word)
    {
        var refused = await ServiceNode.RunAsync(_folder.Path, word);
        Assert.That(refused.ExitCode, Is.EqualTo(2));
        Assert.That(refused.Errors, Does.StartWith($"Unknown command '{word}'.").And.Contain("admin add EMAIL"));
    }

    [Test]
    public async Task SetPassword_ReplacesItAndEndsTheSessions()
    {
        await using var node = await ServiceNode.StartAsync(_folder.Path);
        await (await node.Client.PostAsJsonAsync(
            "/api/auth/register", new { email = Email, password = TestAccounts.Password })).ShouldBeAsync(201);
        var session = await LoginAsync(node.Client, TestAccounts.Password);

        var unknown = await ServiceNode.RunWithInputAsync(
            _folder.Path, $"{NewPassword}\ny\n", "users", "set-password", "bob@example.com");
        Assert.That(
            (unknown.ExitCode, unknown.Errors),
            Is.EqualTo((1, "There is no account with the address bob@example.com.\n")));
        var noAddress = await ServiceNode.RunWithInputAsync(
            _folder.Path, $"{NewPassword}\ny\n", "users", "set-password", "nobody");
        Assert.That(
            (noAddress.ExitCode, noAddress.Errors),
            Is.EqualTo((1, "email: Must be one email address of 3 to 254 characters.\n")));
        var bad = await ServiceNode.RunWithInputAsync(_folder.Path, "short\ny\n", "users", "set-password", Email);
        Assert.That(bad.ExitCode, Is.EqualTo(1));
        Assert.That(bad.Errors, Does.Contain("password: Must have 12 to 128 characters."));
        var common = await ServiceNode.RunWithInputAsync(
            _folder.Path, "PASSWORD1234\ny\n", "users", "set-password", Email);
        Assert.That(common.ExitCode, Is.EqualTo(1));
        Assert.That(
            common.Errors,
            Does.Contain("password: Must not be one of the commonly used passwords.").And.Not.Contain("PASSWORD1234"));
        var empty = await ServiceNode.RunWithInputAsync(_folder.Path, "", "users", "set-password", Email);
        Assert.That((empty.ExitCode, empty.Errors), Is.EqualTo((1, "There is no password on standard input.\n")));
        await (await node.Client.AskAsync(session.AccessToken)).ShouldBeAsync(200);

        var set = await ServiceNode.RunWithInputAsync(
            _folder.Path, $"{NewPassword}\ny\n", "users", "set-password", Email);
        Assert.That(set.ExitCode, Is.Zero, set.Errors);
        Assert.That(set.Output + set.Errors, Does.Not.Contain(NewPassword));
        Assert.That(
            () =>
                node.Client.AskAsync(
                    session.AccessToken).Result.AnswerAsync().Result, Is.EqualTo("401 token-revoked").After(1_000, 20));
        await (await node.Client.TryLoginAsync(Email, TestAccounts.Password)).ShouldBeProblemAsync(
            401, "invalid-credentials");
        await LoginAsync(node.Client, NewPassword);
    }

    [Test]
    public async Task AtATerminal_ThePasswordIsAskedForTwiceAndNotShown()
    {
        const string Question = "New password for ada@example.com: ";
        const string Again = "Repeat the password: ";
        if (await ServiceNode.RunAtTerminalAsync(
            _folder.Path, ["admin", "add", Email], (Question, NewPassword),
            (Again, "another one, mistyped")) is not { } mistyped)
        {
            Assert.Ignore("There is no 'script' (util-linux) here, which makes the terminal that this test types at.");
            return;
        }

        Assert.That(mistyped, Does.Contain("The two passwords differ."));
        var shown = await ServiceNode.RunAtTerminalAsync(
            _folder.Path, ["admin", "add", Email], (Question, NewPassword + "x\u007F"), (Again, NewPassword));
        Assert.That(shown, Does.Contain($"Created the administrator {Email}."));
        Assert.That(mistyped + shown, Does.Not.Contain(NewPassword[..8]).And.Not.Contain("mistyped"));
        await using var node = await ServiceNode.StartAsync(_folder.Path);
        await LoginAsync(node.Client, NewPassword);
    }

    [TestCase("sessions", "end-all", "--help")]
    [TestCase("--Database:CommandTimeout=00:00:03", "sessions", "end-all", "-h")]
    [TestCase("help")]
    public async Task Help_IsShownAndNothingDone(params string[] arguments)
    {
        var help = await ServiceNode.RunAsync(_folder.Path, arguments);
        Assert.That(help.ExitCode, Is.Zero);
        Assert.That(help.Output,
            Does.Contain("admin add EMAIL").And.Contain("users set-password EMAIL").And.Contain("sessions end-all")
                .And.Contain("migrate"));
        Assert.That(Directory.Exists(Path.Combine(_folder.Path, "data")), Is.False);
    }

    [TestCase("admin", "add")]
    [TestCase("admin", "add", Email, "extra")]
    [TestCase("users", "set-password")]
    [TestCase("sessions", "end-all", "now")]
    public async Task WrongUse_IsAnsweredWithTheCommands(params string[] arguments)
    {
        var wrong = await ServiceNode.RunAsync(_folder.Path, arguments);
        Assert.That(wrong.ExitCode, Is.EqualTo(2));
        Assert.That(
            wrong.Errors,
            Does.StartWith($"Unknown command '{string.Join(' ', arguments)}'.").And.Contain("admin add EMAIL"));
    }

    private static async Task<TokenPair> LoginAsync(HttpClient client, string password)
    {
        var response = await client.TryLoginAsync(Email, password);
        await response.ShouldBeAsync(200);
        return TokenPair.From(await response.JsonAsync());
    }
}
