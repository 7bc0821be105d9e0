using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MimeKit;
using SmtpServer;
using SmtpServer.Authentication;
using SmtpServer.ComponentModel;
using SmtpServer.Mail;
using SmtpServer.Protocol;
using SmtpServer.Storage;
using SmtpResponse = SmtpServer.Protocol.SmtpResponse;

namespace CleanJwt;

/// <summary>
/// A real SMTP server on this machine, which keeps what it takes and refuses what a test tells it to.
/// </summary>
internal sealed class MailServer : IAsyncDisposable
{
    public const string UserName = "cleanjwt";
    public const string Password = "a secret of the mail server";

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<MimeMessage> _taken = new();
    private readonly Task _running;

    /// <param name="port">A free port when absent.</param>
    /// <param name="certificate">For STARTTLS. The server offers none without it.</param>
    public MailServer(int? port = null, X509Certificate2? certificate = null)
    {
        Port = port ?? FreePort();
        var options = new SmtpServerOptionsBuilder()
            .ServerName("localhost")
            .Endpoint(endpoint =>
            {
                endpoint.Endpoint(new IPEndPoint(IPAddress.Loopback, Port)).AllowUnsecureAuthentication();
                if (certificate is not null)
                {
                    endpoint.Certificate(certificate);
                }
            })
            .Build();
        var services = new ServiceProvider();
        services.Add(new Store(this));
        services.Add(new Filter(this));
        services.Add(new Users());
        _running = new SmtpServer.SmtpServer(options, services).StartAsync(_stop.Token);
    }

    public int Port { get; }

    /// <summary>Answers the recipients of a mail. Null takes them.</summary>
    public Func<string, SmtpReplyCode?> Refuse { get; set; } = _ => null;

    /// <summary>Runs before a mail is taken, once its text has arrived.</summary>
    public Func<MimeMessage, Task> BeforeTaking { get; set; } = _ => Task.CompletedTask;

    /// <summary>The mails that were taken, in their order.</summary>
    public IReadOnlyList<MimeMessage> Taken => [.. _taken];

    /// <summary>The settings of a service that sends its mails here.</summary>
    public Dictionary<string, string?> Settings => new()
    {
        ["Mail:Transport"] = "Smtp",
        ["Mail:From"] = "no-reply@cleanjwt.example",
        ["Mail:Smtp:Host"] = "127.0.0.1",
        ["Mail:Smtp:Port"] = $"{Port}",
        ["Mail:Smtp:Security"] = "None",
        ["Mail:Smtp:Timeout"] = "00:00:05",
    };

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Waits until this many mails were taken.</summary>
    public async Task<IReadOnlyList<MimeMessage>> WaitForAsync(int count, TimeSpan timeout)
    {
        for (var started = TimeProvider.System.GetTimestamp(); _taken.Count < count; await Task.Delay(20))
        {
            Assert.That(
                TimeProvider.System.GetElapsedTime(started), Is.LessThan(timeout), $"{_taken.Count} mails came");
        }

        return Taken;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException)
        {
            // It has stopped.
        }

        _stop.Dispose();
    }

    private sealed class Store(MailServer server) : MessageStore
    {
        public override async Task<SmtpResponse> SaveAsync(
            ISessionContext context,
            IMessageTransaction transaction,
            ReadOnlySequence<byte> buffer,
            CancellationToken cancellationToken)
        {
            using var content = new MemoryStream(buffer.ToArray());
            var message = await MimeMessage.LoadAsync(content, cancellationToken);
            await server.BeforeTaking(message);
            server._taken.Enqueue(message);
            return SmtpResponse.Ok;
        }
    }

    private sealed class Filter(MailServer server) : MailboxFilter
    {
        public override Task<bool> CanDeliverToAsync(
            ISessionContext context, IMailbox to, IMailbox from, CancellationToken cancellationToken) =>
            server.Refuse($"{to.User}@{to.Host}") is { } code
                ? throw new SmtpResponseException(new SmtpResponse(code, $"I do not know {to.User}@{to.Host}"))
                : Task.FromResult(true);
    }

    private sealed class Users : IUserAuthenticator
    {
        public Task<bool> AuthenticateAsync(
            ISessionContext context, string user, string password, CancellationToken cancellationToken) =>
            Task.FromResult(user == UserName && password == Password);
    }
}
