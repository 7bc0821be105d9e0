using System.Globalization;
using CleanJwt.Infrastructure.Persistence.Setup;
using MimeKit;

namespace CleanJwt.Infrastructure.Mail;

/// <summary>The folder that mails are written to in development.</summary>
internal sealed record MailFolder(string Path);

/// <summary>Writes mails to a folder, for development. It sends none.</summary>
internal sealed class FolderTransport(MailFolder folder) : IMailTransport, IMailConnection
{
    // A reader of the folder finds in these what a person finds in the text.
    public const string TemplateHeader = "X-CleanJwt-Template";
    public const string CodeHeader = "X-CleanJwt-Code";
    public const string LinkHeader = "X-CleanJwt-Link";

    public bool IsUsable => true;

    public Task<IMailConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            OwnerOnly.CreateFolder(folder.Path);
            return Task.FromResult<IMailConnection>(this);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new MailTransportException("folder", exception);
        }
    }

    public async Task<SendFailure?> SendAsync(
        ComposedMail composed, MimeMessage message, CancellationToken cancellationToken)
    {
        message.Headers.Add(TemplateHeader, composed.Template);
        if (composed.Code is { } code)
        {
            message.Headers.Add(CodeHeader, code);
        }

        if (composed.Link is { } link)
        {
            message.Headers.Add(LinkHeader, link);
        }

        var path = Path.Combine(folder.Path, string.Create(CultureInfo.InvariantCulture, $"{composed.Id}.eml"));
        var partial = path + ".part";
        try
        {
            await using (var file = OwnerOnly.OpenFile(partial, FileMode.Create, FileShare.None))
            {
                await message.WriteToAsync(file, cancellationToken);
            }

            File.Move(partial, path, overwrite: true); // a reader finds a whole mail or none
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new MailTransportException("folder", exception);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
