using System.Globalization;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace CleanJwt.Infrastructure.Mail;

/// <summary>Sends mails by an SMTP server (RFC 5321, RFC 3207, RFC 8314).</summary>
internal sealed class SmtpTransport(SmtpOptions options) : IMailTransport
{
    public async Task<IMailConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var client = new SmtpClient { Timeout = (int)options.Timeout.TotalMilliseconds };
        try
        {
            await client.ConnectAsync(options.Host!, options.Port, Security, cancellationToken);
            await AuthenticateAsync(client, cancellationToken);
            return new Connection(client);
        }
        catch (Exception exception)
        {
            client.Dispose();
            if (ReasonOf(exception) is { } reason)
            {
                throw new MailTransportException(reason, exception);
            }

            throw;
        }
    }

    private async Task AuthenticateAsync(SmtpClient client, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(options.UserName))
        {
            return;
        }

        try
        {
            await client.AuthenticateAsync(options.UserName, options.Password!, cancellationToken);
        }
        catch (NotSupportedException exception)
        {
            throw new MailTransportException("no login offered", exception);
        }
    }

    private SecureSocketOptions Security => options.Security switch
    {
        SmtpOptions.Tls => SecureSocketOptions.SslOnConnect,
        SmtpOptions.None => SecureSocketOptions.None,
        _ => SecureSocketOptions.StartTls,
    };

    /// <returns>A class and a code. Null for a fault of this program.</returns>
    private static string? ReasonOf(Exception exception) => exception switch
    {
        OperationCanceledException => "timeout", // of the dispatcher, for a whole mail
        SslHandshakeException => "tls",
        NotSupportedException => "no tls", // the server does not offer it
        AuthenticationException or SaslException => "login refused",
        SmtpCommandException command => ReasonOf(command.StatusCode),
        SocketException socket => $"connection {socket.SocketErrorCode}",
        TimeoutException => "timeout",
        ProtocolException or IOException or ServiceNotConnectedException => "connection lost",
        _ => null,
    };

    private static string ReasonOf(SmtpStatusCode status) =>
        string.Create(CultureInfo.InvariantCulture, $"smtp {(int)status}");

    private sealed class Connection(SmtpClient client) : IMailConnection
    {
        private const int FirstPermanentStatus = 500; // RFC 5321, section 4.2.1

        public bool IsUsable => client.IsConnected;

        // A server that hangs up on one mail may take the next one. So only this mail has to wait.
        public async Task<SendFailure?> SendAsync(
            ComposedMail composed, MimeMessage message, CancellationToken cancellationToken)
        {
            try
            {
                await client.SendAsync(message, cancellationToken);
                return null;
            }
            catch (ServiceNotAuthenticatedException exception)
            {
                throw new MailTransportException("login needed", exception);
            }
            catch (SmtpCommandException exception)
            {
                return new SendFailure(
                    ReasonOf(exception.StatusCode), IsFinal: (int)exception.StatusCode >= FirstPermanentStatus);
            }
            catch (NotSupportedException)
            {
                return new SendFailure("smtp without SMTPUTF8", IsFinal: true); // RFC 6531
            }
            catch (Exception exception) when (ReasonOf(exception) is { } reason)
            {
                await DisconnectAsync(quit: false);
                return new SendFailure(reason, IsFinal: false);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await DisconnectAsync(quit: true);
            client.Dispose();
        }

        private async Task DisconnectAsync(bool quit)
        {
            try
            {
                if (client.IsConnected)
                {
                    await client.DisconnectAsync(quit);
                }
            }
            catch (Exception exception) when (SmtpTransport.ReasonOf(exception) is not null)
            {
                // The server needs no farewell.
            }
        }
    }
}
