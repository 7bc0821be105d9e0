using MimeKit;

namespace CleanJwt.Infrastructure.Mail;

/// <summary>Hands mails over to whatever delivers them.</summary>
internal interface IMailTransport
{
    /// <summary>Prepares to send several mails, such as by a connection to a server.</summary>
    /// <exception cref="MailTransportException">Mails can't be sent now, whatever their recipients.</exception>
    Task<IMailConnection> ConnectAsync(CancellationToken cancellationToken);
}

internal interface IMailConnection : IAsyncDisposable
{
    /// <summary>Whether more mails can be sent. If not, the caller connects again.</summary>
    bool IsUsable { get; }

    /// <returns>
    /// Null when the mail was taken. Otherwise the reason why this mail was not, in a form without addresses and
    /// without texts of the server.
    /// </returns>
    /// <param name="composed">What <paramref name="message"/> was made from.</param>
    /// <exception cref="MailTransportException">Mails can't be sent now, whatever their recipients.</exception>
    Task<SendFailure?> SendAsync(ComposedMail composed, MimeMessage message, CancellationToken cancellationToken);
}

/// <summary>A mail was not taken.</summary>
/// <param name="Reason">A class and a code, such as <c>smtp 550</c>.</param>
/// <param name="IsFinal">Whether the same mail would be refused again.</param>
internal sealed record SendFailure(string Reason, bool IsFinal);

/// <summary>Mails can't be sent for a while.</summary>
/// <param name="reason">A class and a code, such as <c>refused</c>.</param>
internal sealed class MailTransportException(string reason, Exception innerException)
    : Exception($"Mails can't be sent: {reason}.", innerException)
{
    public string Reason => reason;
}
