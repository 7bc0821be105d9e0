using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Mail;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Mail;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Maintenance;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using SmtpServer.Protocol;

namespace CleanJwt.Infrastructure.IntegrationTests.Mail;

/// <summary>The outbox and its dispatcher over a real SMTP server.</summary>
[OnDatabases]
internal sealed class SendingMails(DatabaseKind kind) : IAsyncDisposable
{
    private readonly TestDatabase _database = new(kind);
    private readonly MailServer _server = new();
    private readonly List<Node> _nodes = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        await _server.DisposeAsync();
        _database.Dispose();
    }

    [Test]
    public async Task Mail_HasTextAndHtmlAndIsNoMoreInTheOutbox()
    {
        var node = await StartAsync();
        var mail = await AskAsync(node, "ada@example.com");
        await RunAsync(node);

        var sent = _server.Taken.Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(sent.MessageId, Is.EqualTo($"{mail.Id}@cleanjwt.example"));
            Assert.That(sent.To.ToString(), Is.EqualTo("ada@example.com"));
            Assert.That(sent.From.ToString(), Is.EqualTo("\"CleanJwt\" <no-reply@cleanjwt.example>"));
            Assert.That(sent.Subject, Is.EqualTo("Confirm your email address for CleanJwt"));
            Assert.That(sent.Headers["Auto-Submitted"], Is.EqualTo("auto-generated"));
            Assert.That(sent.Body!.Headers["Content-Language"], Is.EqualTo("en"));
            Assert.That(sent.TextBody, Does.Contain("#token=").And.Match(@"\b\d{4}-\d{4}\b"));
            Assert.That(sent.HtmlBody, Does.Contain("#token=").And.Not.Contain("{{").And.Not.Contain("<img"));
            Assert.That(sent.HtmlBody, Does.Not.Contain("src=").And.Not.Contain("url("), "nothing is loaded");
            Assert.That(node.Sql("SELECT COUNT(*) FROM Outbox"), Is.Zero);
        }
    }

    [TestCase(SmtpReplyCode.MailboxUnavailable, "smtp 550", true)]
    [TestCase(SmtpReplyCode.Aborted, "smtp 451", false)]
    public async Task RefusedRecipient_HoldsUpNoOther(SmtpReplyCode code, string reason, bool isFinal)
    {
        var node = await StartAsync();
        _server.Refuse = to => to == "bad@example.com" ? code : null;
        await AskAsync(node, "bad@example.com");
        await AskAsync(node, "good@example.com");
        await RunAsync(node);

        Assert.That(_server.Taken.Select(mail => mail.To.ToString()), Is.EqualTo(new[] { "good@example.com" }));
        var left = (await node.Get<MailAdministration>().ListAsync(dead: isFinal)).Single();
        Assert.That(left.LastError, Is.EqualTo(reason), "a class and a code, and no text of the server");
        Assert.That(left.DeadAt is not null, Is.EqualTo(isFinal));

        _server.Refuse = _ => null;
        node.Time.Advance(TimeSpan.FromSeconds(13)); // 10 s and a fifth
        await RunAsync(node);
        Assert.That(_server.Taken, Has.Count.EqualTo(isFinal ? 1 : 2));
        if (isFinal)
        {
            Assert.That(await node.Get<MailAdministration>().RetryAsync(left.Id), Is.EqualTo(1));
            await RunAsync(node);
            Assert.That(_server.Taken, Has.Count.EqualTo(2));
        }
    }

    /// <summary>The parser of mails refuses some addresses that the service takes.</summary>
    [Test]
    public async Task AddressThatNoMailCanBeSentTo_IsGivenUpAtOnce()
    {
        var node = await StartAsync();
        await AskAsync(node, "a..b@example.com");
        await AskAsync(node, "good@example.com");
        await RunAsync(node);
        Assert.That(_server.Taken, Has.Count.EqualTo(1));
        Assert.That(
            (await node.Get<MailAdministration>().ListAsync(dead: true)).Single().LastError, Is.EqualTo("address"));
        Assert.That(await node.Get<MailAdministration>().TestAsync("a..b@example.com"), Is.EqualTo("address"));
    }

    [Test]
    public async Task KindOfANewerVersion_IsLeftForItsNodes()
    {
        var node = await StartAsync();
        await AskAsync(node, Request(node, "security-key-added") with { AccountId = Guid.NewGuid() });
        await RunAsync(node);
        var left = (await node.Get<MailAdministration>().ListAsync(dead: false)).Single();
        Assert.That(left.LastError, Is.EqualTo("unknown kind"));
    }

    [Test]
    public async Task NothingToSend_NeedsNoConnection()
    {
        var node = await StartAsync(new() { ["Mail:Smtp:Port"] = $"{MailServer.FreePort()}" });
        await AskAsync(node, Request(node, MailKinds.ResetPassword) with { Email = "nobody@example.com" });
        await RunAsync(node);
        Assert.That(node.Sql("SELECT COUNT(*) FROM Outbox"), Is.Zero);
    }

    [Test]
    public async Task ClockThatWasSetBack_StrandsNoMail()
    {
        var (ahead, node) = (await StartAsync(), await StartAsync());
        ahead.Time.Advance(TimeSpan.FromDays(1));
        await AskAsync(ahead, "ada@example.com");
        await RunAsync(node);
        Assert.That(_server.Taken, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task LineBreaksInValues_BecomeNoHeaders()
    {
        var node = await StartAsync(new() { ["Mail:FromName"] = "Shop\r\nBcc: evil@example.com" });
        await AskAsync(node, "ada@example.com");
        await RunAsync(node);
        var sent = _server.Taken.Single();
        Assert.That(sent.Bcc, Is.Empty);
        Assert.That(sent.Headers.Select(header => header.Field), Has.None.EqualTo("Bcc"));
        Assert.That(EmailAddress.TryParse("ada@example.com\r\nBcc: evil@example.com", out _), Is.False);
    }

    [Test]
    public async Task UntrustedCertificate_GetsNoMail()
    {
        using var certificate = SelfSigned();
        await using var server = new MailServer(certificate: certificate);
        var node = await StartAsync(
            new() { ["Mail:Smtp:Port"] = $"{server.Port}", ["Mail:Smtp:Security"] = "StartTls" });
        await AskAsync(node, "ada@example.com");
        Assert.That(await ReasonAsync(node), Is.EqualTo("tls"));
        Assert.That(server.Taken, Is.Empty);

        static X509Certificate2 SelfSigned()
        {
            using var key = RSA.Create(2048);
            var now = DateTimeOffset.UtcNow;
            using var made = new CertificateRequest(
                "CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                .CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
            return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), password: null);
        }
    }

    [Test]
    [Category("Load")]
    public async Task ServerThatHangs_HoldsUpOneMailAndNotTheNext()
    {
        var node = await StartAsync(new() { ["Mail:Smtp:Timeout"] = "00:00:01" });
        var first = true;
        _server.BeforeTaking = async _ =>
        {
            if (first)
            {
                first = false;
                await Task.Delay(TimeSpan.FromSeconds(3));
                throw new SmtpResponseException(new SmtpResponse(SmtpReplyCode.Aborted, "too late"));
            }
        };
        await AskAsync(node, "slow@example.com");
        await AskAsync(node, "good@example.com");
        await RunAsync(node);
        Assert.That(_server.Taken.Select(mail => mail.To.ToString()), Is.EqualTo(new[] { "good@example.com" }));
        Assert.That(
            (await node.Get<MailAdministration>().ListAsync(dead: false)).Single().LastError, Is.EqualTo("timeout"));
    }

    [Test]
    public async Task ServerThatIsAway_CostsNoAttemptAndTheHealthSaysSo()
    {
        var node = await StartAsync(new() { ["Mail:Smtp:Port"] = $"{MailServer.FreePort()}" });
        await AskAsync(node, "ada@example.com");
        var reason = await ReasonAsync(node);
        Assert.That(reason, Is.EqualTo("connection ConnectionRefused"));
        Assert.That((await node.Get<MailAdministration>().ListAsync(dead: false)).Single().Attempts, Is.Zero);

        node.Get<MailMetrics>().TransportFailure = reason;
        var health = await HealthAsync(node);
        Assert.That(health.Status, Is.EqualTo(HealthStatus.Degraded), "and not unhealthy: requests are answered");

        var back = await StartAsync();
        await RunAsync(back);
        Assert.That(_server.Taken, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task ServerThatPostponesEveryMail_IsSeenInTheHealth()
    {
        var node = await StartAsync();
        _server.Refuse = _ => SmtpReplyCode.Aborted;
        await AskAsync(node, Request(node, MailKinds.ConfirmSignUp) with { Email = "ada@example.com" });
        for (var tries = 0; tries < 4; tries++)
        {
            await RunAsync(node);
            node.Time.Advance(TimeSpan.FromMinutes(3));
        }

        node.Get<MailMetrics>().Report(await node.Get<OutboxStore>().CountAsync(default));
        Assert.That((await HealthAsync(node)).Status, Is.EqualTo(HealthStatus.Degraded));
        _server.Refuse = _ => null;
        node.Time.Advance(TimeSpan.FromMinutes(15));
        await RunAsync(node);
        node.Get<MailMetrics>().Report(await node.Get<OutboxStore>().CountAsync(default));
        Assert.That((await HealthAsync(node)).Status, Is.EqualTo(HealthStatus.Healthy));
    }

    [Test]
    public async Task ServerThatIsBack_IsSeenWithoutAMail()
    {
        var node = await StartAsync();
        node.Get<MailMetrics>().TransportFailure = "connection ConnectionRefused";
        Assert.That((await HealthAsync(node)).Status, Is.EqualTo(HealthStatus.Degraded));
        await RunAsync(node);
        Assert.That((await HealthAsync(node)).Status, Is.EqualTo(HealthStatus.Healthy));
    }

    [Test]
    public async Task ServerWithoutTls_GetsNoMailWhereTlsIsRequired()
    {
        var node = await StartAsync(new() { ["Mail:Smtp:Security"] = "StartTls" });
        await AskAsync(node, "ada@example.com");
        Assert.That(await ReasonAsync(node), Is.EqualTo("no tls"));
        Assert.That(_server.Taken, Is.Empty);
    }

    [TestCase(MailServer.Password, null)]
    [TestCase("another password", "login refused")]
    public async Task Login_IsUsed(string password, string? reason)
    {
        var node = await StartAsync(new()
        {
            ["Mail:Smtp:UserName"] = MailServer.UserName,
            ["Mail:Smtp:Password"] = password,
        });
        await AskAsync(node, "ada@example.com");
        if (reason is null)
        {
            await RunAsync(node);
        }
        else
        {
            Assert.That(await ReasonAsync(node), Is.EqualTo(reason));
        }

        Assert.That(_server.Taken, Has.Count.EqualTo(reason is null ? 1 : 0));
        Assert.That(await node.Get<MailAdministration>().TestAsync("ada@example.com"), Is.EqualTo(reason));
    }

    /// <summary>A node that is killed leaves its claim. After two minutes another node sends the mail.</summary>
    [Test]
    public async Task MailOfAKilledNode_IsSentByAnotherWithTheSameId()
    {
        var (killed, other) = (await StartAsync(), await StartAsync());
        var mail = await AskAsync(killed, "ada@example.com");
        var row = (await killed.Get<OutboxStore>().ListDueAsync(killed.Time.GetUtcNow(), 1, default)).Single();
        Assert.That(await killed.Get<OutboxStore>().TryClaimAsync(row, killed.Time.GetUtcNow()), Is.True);

        await RunAsync(other);
        Assert.That(_server.Taken, Is.Empty, "the other node has it");
        other.Time.SetUtcNow(killed.Time.GetUtcNow() + OutboxStore.ClaimTime + TimeSpan.FromSeconds(1));
        await RunAsync(other);
        Assert.That(_server.Taken.Single().MessageId, Is.EqualTo($"{mail.Id}@cleanjwt.example"));
    }

    [Test]
    public async Task OneRow_IsClaimedByOneNode()
    {
        var nodes = new[] { await StartAsync(), await StartAsync() };
        await AskAsync(nodes[0], "ada@example.com");
        var now = nodes[0].Time.GetUtcNow();
        var row = (await nodes[0].Get<OutboxStore>().ListDueAsync(now, 1, default)).Single();
        var claims = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => nodes[i % 2].Get<OutboxStore>().TryClaimAsync(row, now)));
        Assert.That(claims.Count(claimed => claimed), Is.EqualTo(1));
    }

    [Test]
    [Category("Load")]
    public async Task ThousandMailsAndTwoNodes_AreSentOnceEach()
    {
        var nodes = new[] { await StartAsync(), await StartAsync() };
        for (var i = 0; i < 1000; i++)
        {
            await AskAsync(nodes[i % 2], $"ada{i}@example.com");
        }

        await Task.WhenAll(nodes.Select(RunAsync));
        Assert.That(_server.Taken, Has.Count.EqualTo(1000));
        Assert.That(_server.Taken.Select(mail => mail.MessageId).Distinct().Count(), Is.EqualTo(1000));
        Assert.That(nodes[0].Sql("SELECT COUNT(*) FROM Outbox"), Is.Zero);
    }

    [Test]
    public async Task MailThatExpired_IsNotSent()
    {
        var node = await StartAsync();
        await AskAsync(node, "ada@example.com");
        node.Time.Advance(TimeSpan.FromHours(1));
        await RunAsync(node);
        Assert.That(_server.Taken, Is.Empty);
        var dead = (await node.Get<MailAdministration>().ListAsync(dead: true)).Single();
        Assert.That(dead.LastError, Is.EqualTo("expired"));
        Assert.That(await node.Get<MailAdministration>().RetryAsync(id: null), Is.Zero, "it would help nobody");
    }

    [Test]
    public async Task MailThatFailsUntilItExpires_IsGivenUpAndForgottenAfterAMonth()
    {
        var node = await StartAsync();
        _server.Refuse = _ => SmtpReplyCode.Aborted;
        await AskAsync(node, "ada@example.com");
        for (var tries = 0; tries < 6; tries++)
        {
            await RunAsync(node);
            node.Time.Advance(TimeSpan.FromMinutes(12));
        }

        Assert.That(
            (await node.Get<MailAdministration>().ListAsync(dead: true)).Single().LastError, Is.EqualTo("smtp 451"));
        node.Time.Advance(TimeSpan.FromDays(29));
        await node.Get<CleanUp>().RunAsync(default);
        Assert.That(node.Sql("SELECT COUNT(*) FROM Outbox"), Is.EqualTo(1));
        node.Time.Advance(TimeSpan.FromDays(2));
        await node.Get<CleanUp>().RunAsync(default);
        Assert.That(node.Sql("SELECT COUNT(*) FROM Outbox"), Is.Zero);
    }

    /// <summary>The act fails at each of its steps in turn. A mail exists if and only if the act was done.</summary>
    [Test]
    public async Task ActThatIsRolledBack_SendsNoMail()
    {
        var failing = new FailingCommands();
        var node = await StartAsync(configure: failing.AddTo);
        await node.AddAccountAsync(EmailAddress.Parse("warm-up@example.com"));
        var failures = 0;
        for (var step = 1; ; step++)
        {
            var email = EmailAddress.Parse($"ada{step}@example.com");
            failing.FailAt(step);
            try
            {
                var id = Guid.CreateVersion7();
                var mail = Request(node, MailKinds.ConfirmEmail) with { AccountId = id };
                await node.WithUsersAsync(users => users.AddAsync(
                    new NewAccount(id, email, DisplayName: null, Roles: []),
                    Node.Password,
                    new AuditContext(node.Time.GetUtcNow(), []) { Mails = [mail] },
                    default));
                break;
            }
            catch (InvalidOperationException)
            {
                failures++;
                failing.Stop();
                Assert.That(node.Sql("SELECT COUNT(*) FROM Outbox"), Is.Zero, $"failed at step {step}");
                Assert.That(
                    node.Sql("SELECT COUNT(*) FROM AspNetUsers WHERE Email = @p0", email.Value), Is.Zero);
            }
        }

        failing.Stop();
        Assert.That(failures, Is.GreaterThanOrEqualTo(2), "the account and the mail, at least");
        Assert.That(node.Sql("SELECT COUNT(*) FROM Outbox"), Is.EqualTo(1));
    }

    private static MailRequest Request(Node node, string kind)
    {
        var now = node.Time.GetUtcNow();
        return new MailRequest
        {
            Id = Guid.CreateVersion7(now),
            Kind = kind,
            At = now,
            ValidUntil = now.AddHours(1),
            FlowId = Guid.NewGuid(),
            HasCode = true,
        };
    }

    private static Task<MailRequest> AskAsync(Node node, string email) =>
        AskAsync(node, Request(node, MailKinds.ConfirmSignUp) with { Email = email });

    private static async Task<MailRequest> AskAsync(Node node, MailRequest mail)
    {
        await node.Get<IDatabase>().WriteAsync(
            async (db, abandoned) =>
            {
                await node.Get<OutboxWriter>().AddAsync(db, [mail], abandoned);
                return true;
            },
            default);
        return mail;
    }

    private static async Task<string> ReasonAsync(Node node) =>
        (await Assert.ThrowsAsync<MailTransportException>(() => RunAsync(node)))!.Reason;

    private static Task<HealthCheckResult> HealthAsync(Node node) =>
        new MailHealth(node.Get<MailMetrics>(), node.Get<Application.Mail.MailOptions>()).CheckHealthAsync(null!);

    private static Task RunAsync(Node node) => node.Get<OutboxDispatcher>().RunAsync(default);

    private async Task<Node> StartAsync(
        Dictionary<string, string?>? settings = null, Action<IServiceCollection>? configure = null)
    {
        var node = await Node.StartAsync(
            _database, new([.. _server.Settings.Where(one => settings?.ContainsKey(one.Key) != true), .. settings
                ?? []]), configure);
        _nodes.Add(node);
        return node;
    }
}
