using CleanJwt.Application.Mail;
using MimeKit;

namespace CleanJwt.Infrastructure.Mail;

/// <summary>Makes the messages (RFC 5322) that are sent.</summary>
internal sealed class MailMessages(MailOptions options, TimeProvider time)
{
    private readonly MailboxAddress _sender = new(options.FromName, options.From ?? "no-reply@localhost");

    public MimeMessage Make(ComposedMail mail)
    {
        var message = new MimeMessage
        {
            MessageId = $"{mail.Id}@{_sender.Domain}", // the same whenever and wherever the mail is tried
            Date = time.GetUtcNow(),
            Subject = mail.Text.Subject,
            Body = new BodyBuilder { TextBody = mail.Text.Text, HtmlBody = mail.Text.Html }.ToMessageBody(),
        };
        message.From.Add(_sender);
        message.To.Add(new MailboxAddress(name: null, mail.To));
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated"); // RFC 3834: no out-of-office answers
        message.Body.Headers.Add(HeaderId.ContentLanguage, mail.Language);
        return message;
    }
}
