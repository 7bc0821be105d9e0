using CleanJwt.Application.Mail;
using MimeKit;

namespace CleanJwt.Infrastructure.Mail;

/// <summary>Reads the mails that <see cref="MailOptions.Folder"/> has written, for the developers' page.</summary>
public sealed class MailInbox
{
    private const int MaxMails = 100;

    private readonly string _folder;

    internal MailInbox(MailFolder folder) => _folder = folder.Path;

    /// <returns>The latest mails, newest first.</returns>
    public async Task<IReadOnlyList<InboxMail>> ListAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(_folder))
        {
            return [];
        }

        // A name is a version 7 UUID, so the order of the names is that of the mails.
        var paths = Directory.GetFiles(_folder, "*.eml").OrderDescending(StringComparer.Ordinal).Take(MaxMails);
        var mails = new List<InboxMail>();
        foreach (var path in paths)
        {
            var message = await MimeMessage.LoadAsync(path, cancellationToken);
            mails.Add(new InboxMail(
                Path.GetFileNameWithoutExtension(path),
                message.To.Mailboxes.First().Address,
                message.Subject ?? "",
                message.Headers[FolderTransport.TemplateHeader],
                message.Headers[FolderTransport.CodeHeader],
                message.Headers[FolderTransport.LinkHeader],
                message.Date.ToUniversalTime(),
                message.TextBody));
        }

        return mails;
    }
}

/// <summary>A mail that was written to the folder.</summary>
/// <param name="Template">The kind of mail, such as <c>reset-password</c>.</param>
/// <param name="Code">The code that the mail holds, if any.</param>
/// <param name="Link">The link that the mail holds, if any.</param>
public sealed record InboxMail(
    string Id,
    string To,
    string Subject,
    string? Template,
    string? Code,
    string? Link,
    DateTimeOffset CreatedAt,
    string? Text);
