using System.Net.Http.Json;
using CleanJwt.ProcessTests.Support;
using SmtpServer.Protocol;

namespace CleanJwt.ProcessTests.Commands;

/// <summary>The commands of mail, on the real program, beside a running node.</summary>
internal sealed class MailCommands : IAsyncDisposable
{
    private const string Email = "ada@example.com";

    private readonly TemporaryFolder _folder = new();
    private readonly MailServer _server = new();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task Outbox_IsListedRetriedAndDropped()
    {
        _server.Refuse = _ => SmtpReplyCode.MailboxUnavailable;
        await using var node = await ServiceNode.StartAsync(
            _folder.Path, new(_server.Settings) { ["Outbox:PollInterval"] = "00:00:00.5" });
        await (await node.Client.PostAsJsonAsync(
            "/api/auth/register", new { email = Email, password = TestAccounts.Password })).ShouldBeAsync(201);
        await (
            await node.Client.PostAsJsonAsync("/api/auth/password/forgot", new { email = Email })).ShouldBeAsync(202);

        string[] dead = [];
        Assert.That(
            () =>
                dead = TableOf(RunAsync("outbox", "list", "--dead").Result), Has.Length.EqualTo(3).After(30_000, 500));
        Assert.That(dead[0], Does.StartWith("id").And.Contain("given up (UTC)"));
        Assert.That(dead[1..], Has.All.Contain("smtp 550").And.None.Contain(Email));
        Assert.That((await RunAsync("outbox", "list")).Output, Does.EndWith("No mail waits.\n"));

        _server.Refuse = _ => null;
        var (dropped, retried) = (dead[1].Split(' ')[0], dead[2].Split(' ')[0]);
        Assert.That((await RunAsync("outbox", "drop", dropped)).Output, Does.EndWith("The mail was deleted.\n"));
        Assert.That((await RunAsync("outbox", "drop", dropped)).ExitCode, Is.EqualTo(1));
        Assert.That(
            (await RunAsync("outbox", "retry", "x")).Errors, Does.Contain("neither the id of a mail nor 'all'"));
        Assert.That(
            (await RunAsync("outbox", "retry", retried)).Output, Does.EndWith("One mail will be tried at once.\n"));
        Assert.That((await _server.WaitForAsync(1, TimeSpan.FromSeconds(20)))[0].MessageId, Does.StartWith(retried));
        Assert.That(
            (await RunAsync("outbox", "retry", "all")).Output, Does.EndWith("0 mails will be tried at once.\n"));
    }

    [Test]
    public async Task MailTest_SaysWhetherTheMailWasTaken()
    {
        Assert.That((await RunAsync("migrate")).ExitCode, Is.Zero);
        var taken = await RunAsync("mail", "test", Email);
        Assert.That((taken.ExitCode, taken.Output), Is.EqualTo((0, $"The mail to {Email} was taken.\n")), taken.Errors);
        Assert.That(_server.Taken.Single().Subject, Is.EqualTo("Test mail of CleanJwt"));

        _server.Refuse = _ => SmtpReplyCode.MailboxUnavailable;
        var refused = await RunAsync("mail", "test", Email);
        Assert.That((refused.ExitCode, refused.Errors), Is.EqualTo((1, "The mail was not sent: smtp 550.\n")));
        Assert.That(
            (await RunAsync("mail", "test", "nobody")).Errors, Is.EqualTo("'nobody' is not an email address.\n"));
    }

    [Test]
    [Platform("Linux", Reason = "OpenSSL reads the trusted certificates from a variable.")]
    public async Task TrustedServer_GetsTheMailOverTlsAndAfterALogin()
    {
        Assert.That((await RunAsync("migrate")).ExitCode, Is.Zero);
        using var certificate = LocalCertificate.Create();
        var trusted = Path.Combine(_folder.Path, "trusted.pem");
        await File.WriteAllTextAsync(trusted, certificate.ExportCertificatePem());
        await using var server = new MailServer(certificate: certificate);
        var settings = new Dictionary<string, string?>(server.Settings)
        {
            ["Mail:Smtp:Security"] = "StartTls",
            ["Mail:Smtp:UserName"] = MailServer.UserName,
            ["Mail:Smtp:Password"] = MailServer.Password,
            ["SSL_CERT_FILE"] = trusted,
        };
        var sent = await CommandLine.RunAsync(ServiceNode.StartInfo(_folder.Path, ["mail", "test", Email], settings));
        Assert.That(sent.ExitCode, Is.Zero, sent.Errors);
        Assert.That(server.Taken, Has.Count.EqualTo(1));

        settings["SSL_CERT_FILE"] = "/dev/null";
        var refused = await CommandLine.RunAsync(ServiceNode.StartInfo(_folder.Path, ["mail", "test", Email], settings));
        Assert.That((refused.ExitCode, refused.Errors), Is.EqualTo((1, "The mail was not sent: tls.\n")));
        Assert.That(server.Taken, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task ConfirmEmail_ShowsTheAccountAndAsks()
    {
        await using var node = await ServiceNode.StartAsync(_folder.Path);
        await (await node.Client.PostAsJsonAsync(
            "/api/auth/register", new { email = Email, password = TestAccounts.Password })).ShouldBeAsync(201);
        var refused = await ServiceNode.RunWithInputAsync(_folder.Path, "n\n", "users", "confirm-email", Email);
        Assert.That(refused.Output, Does.Contain("has not proved that the address is theirs"));
        Assert.That(refused.Errors, Does.Contain("Nothing was changed."));
        var confirmed = await ServiceNode.RunWithInputAsync(_folder.Path, "y\n", "users", "confirm-email", Email);
        Assert.That(confirmed.Output, Does.Contain($"The address {Email} is confirmed."));
        var tokens = await node.Client.LoginAsync(Email);
        var me = await (await node.Client.DoAsync(tokens, "GET /api/users/me")).JsonAsync();
        Assert.That(me.GetProperty("emailConfirmed").GetBoolean(), Is.True);
    }

    // Without a settings file in the folder, the log of the database stands before the table.
    private static string[] TableOf(CommandResult result) =>
    [
        .. result.Output.Split('\n').Where(line =>
            line.StartsWith("id ", StringComparison.Ordinal) || Guid.TryParse(line.Split(' ')[0], out _)),
    ];

    private Task<CommandResult> RunAsync(params string[] command) => ServiceNode.RunAsync(
        _folder.Path, [.. command, .. _server.Settings.Select(one => $"--{one.Key}={one.Value}")]);
}
