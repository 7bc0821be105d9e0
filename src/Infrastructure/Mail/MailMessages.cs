using CleanJwt.Application.Mail;
using MimeKit;

namespace CleanJwt.Infrastructure.Mail;

/// <summary>Makes the messages (RFC 5322) that are sent.</summary>
internal sealed class MailMessages(MailOptions options, TimeProvider time)
{
    /// <exception cref="ParseException">No mail can be sent to the address.</exception>
    public MimeMessage Make(ComposedMail mail)
    {
        var sender = new MailboxAddress(options.FromName, options.From ?? "no-reply@localhost");
        var message = new MimeMessage
        {
            MessageId = $"{mail.Id}@{sender.Domain}", // the same whenever and wherever the mail is tried
            Date = time.GetUtcNow(),
            Subject = mail.Text.Subject,
            Body = new BodyBuilder { TextBody = mail.Text.Text, HtmlBody = mail.Text.Html }.ToMessageBody(),
        };
        message.From.Add(sender);
        message.To.Add(new MailboxAddress(name: null, mail.To));
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated"); // RFC 3834: no out-of-office answers
        message.Body.Headers.Add(HeaderId.ContentLanguage, mail.Language);
        return message;
    }
}
