using System.Net.Http.Json;
using CleanJwt.ProcessTests.Support;
using MimeKit;
using SmtpServer.Protocol;

namespace CleanJwt.ProcessTests.Mail;

/// <summary>A mail that was promised by a 202 arrives, whenever the node is killed.</summary>
internal sealed class MailsOfKilledNodes : IAsyncDisposable
{
    private const string Email = "ada@example.com";

    // A claim of a killed node lasts for two minutes.
    private static readonly TimeSpan AfterTheClaim = TimeSpan.FromSeconds(160);

    private readonly TemporaryFolder _folder = new();
    private readonly MailServer _server = new();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task KilledAfterThe202_TheMailIsSentAfterTheNextStart()
    {
        var away = MailServer.FreePort();
        var settings = new Dictionary<string, string?>(Settings) { ["Mail:Smtp:Port"] = $"{away}" };
        await using var node = await ServiceNode.StartAsync(_folder.Path, settings);
        await RegisterAndForgetAsync(node);
        await node.KillAsync();

        await using var back = new MailServer(away);
        await node.RestartAsync();
        var mails = await back.WaitForAsync(2, TimeSpan.FromSeconds(60));
        Assert.That(mails.Select(mail => mail.Subject), Has.One.StartsWith("Reset your password"));
        await Task.Delay(TimeSpan.FromSeconds(3));
        Assert.That(back.Taken, Has.Count.EqualTo(2), "each is sent once");
    }

    [Test]
    [Category("Load")]
    public async Task KilledInTheMiddleOfData_AnotherNodeSendsTheMailWithTheSameId()
    {
        var arrived = new TaskCompletionSource<MimeMessage>();
        var killed = new TaskCompletionSource();
        _server.BeforeTaking = async message =>
        {
            if (arrived.TrySetResult(message))
            {
                await killed.Task;
                throw new SmtpResponseException(new SmtpResponse(SmtpReplyCode.Aborted, "The client is gone."));
            }
        };
        await using var node = await ServiceNode.StartAsync(_folder.Path, Settings);
        await ForgetAsync(node, await RegisterUnmailedAsync(node));
        var first = await arrived.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await node.KillAsync();
        killed.SetResult();

        await using var other = await ServiceNode.StartAsync(_folder.Path, Settings);
        var mails = await _server.WaitForAsync(1, AfterTheClaim);
        Assert.That(mails[0].MessageId, Is.EqualTo(first.MessageId));
        Assert.That(mails[0].TextBody, Is.Not.Empty.And.Contain(CodeOf(first)), "the same code");
    }

    [Test]
    [Category("Load")]
    public async Task KilledBeforeTheDelete_TheMailComesTwiceWithTheSameId()
    {
        ServiceNode? node = null;
        var first = true;
        _server.BeforeTaking = async _ =>
        {
            if (first)
            {
                first = false;
                await node!.PauseAsync(); // it never reads that the mail was taken
            }
        };
        await using (node = await ServiceNode.StartAsync(_folder.Path, Settings))
        {
            await ForgetAsync(node, await RegisterUnmailedAsync(node));
            await _server.WaitForAsync(1, TimeSpan.FromSeconds(30));
            await node.KillAsync();
        }

        await using var other = await ServiceNode.StartAsync(_folder.Path, Settings);
        var mails = await _server.WaitForAsync(2, AfterTheClaim);
        Assert.That(mails[1].MessageId, Is.EqualTo(mails[0].MessageId), "mail servers drop the second one");
    }

    [Test]
    public async Task Stopped_FinishesTheMailThatItHolds()
    {
        var (arrived, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        _server.BeforeTaking = async _ =>
        {
            arrived.TrySetResult();
            await go.Task;
        };
        await using var node = await ServiceNode.StartAsync(_folder.Path, Settings);
        await ForgetAsync(node, await RegisterUnmailedAsync(node));
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(30));
        var stopping = node.StopAsync();
        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.That(stopping.IsCompleted, Is.False, "the mail is not taken yet");
        go.SetResult();
        await stopping;
        Assert.That(_server.Taken, Has.Count.EqualTo(1));
        Assert.That(
            SqliteScript.Scalar(ServiceNode.DatabasePathIn(_folder.Path), "SELECT COUNT(*) FROM Outbox"), Is.Zero);
    }

    private Dictionary<string, string?> Settings =>
        new(_server.Settings) { ["Outbox:PollInterval"] = "00:00:01", ["Mail:Smtp:Timeout"] = "00:00:20" };

    private static string CodeOf(MimeMessage mail) =>
        System.Text.RegularExpressions.Regex.Match(mail.TextBody ?? "", "[0-9A-Z]{5}-[0-9A-Z]{5}").Value;

    private static async Task RegisterAndForgetAsync(ServiceNode node)
    {
        await (await node.Client.PostAsJsonAsync(
            "/api/auth/register", new { email = Email, password = TestAccounts.Password })).ShouldBeAsync(201);
        await ForgetAsync(node, Email);
    }

    private static async Task ForgetAsync(ServiceNode node, string email) =>
        await (await node.Client.PostAsJsonAsync("/api/auth/password/forgot", new { email })).ShouldBeAsync(202);

    /// <summary>Makes an account for which no mail waits.</summary>
    private async Task<string> RegisterUnmailedAsync(ServiceNode node)
    {
        var hold = _server.BeforeTaking;
        _server.BeforeTaking = _ => Task.CompletedTask;
        _server.Refuse = _ => SmtpReplyCode.MailboxUnavailable;
        await (await node.Client.PostAsJsonAsync(
            "/api/auth/register", new { email = Email, password = TestAccounts.Password })).ShouldBeAsync(201);
        Assert.That(
            () => SqliteScript.Scalar(
                ServiceNode.DatabasePathIn(_folder.Path), "SELECT COUNT(*) FROM Outbox WHERE DeadAt IS NOT NULL"),
            Is.EqualTo(1).After(20_000, 50));
        SqliteScript.Scalar(ServiceNode.DatabasePathIn(_folder.Path), "DELETE FROM Outbox");
        (_server.BeforeTaking, _server.Refuse) = (hold, _ => null);
        return Email;
    }
}
