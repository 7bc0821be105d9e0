using System.Net;
using CleanJwt.Application.Mail;
using CleanJwt.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using MimeKit;

namespace CleanJwt.Infrastructure.Mail;

/// <summary>
/// Shows and changes the outbox for an operator, and tries the settings of mail. Nodes may run meanwhile.
/// </summary>
public sealed class MailAdministration
{
    private readonly IDatabase _database;
    private readonly IMailTransport _transport;
    private readonly MailMessages _messages;
    private readonly MailOptions _options;
    private readonly TimeProvider _time;

    internal MailAdministration(
        IDatabase database, IMailTransport transport, MailMessages messages, MailOptions options, TimeProvider time) =>
        (_database, _transport, _messages, _options, _time) = (database, transport, messages, options, time);

    /// <summary>Sends a mail without the outbox, and waits until the transport has taken it.</summary>
    /// <param name="address">The recipient. The caller has checked it.</param>
    /// <returns>Null when the mail was taken. Otherwise the reason, without a text of the server.</returns>
    public async Task<string?> TestAsync(string address, CancellationToken cancellationToken = default)
    {
        if (!_options.IsOn)
        {
            return "Mail:Transport is None";
        }

        var text = $"This mail shows that {_options.FromName} can send mails.";
        var mail = new ComposedMail(
            Guid.CreateVersion7(_time.GetUtcNow()),
            "test",
            address,
            "en",
            new MailText($"Test mail of {_options.FromName}", text + "\n", $"<p>{WebUtility.HtmlEncode(text)}</p>"));
        try
        {
            await using var connection = await _transport.ConnectAsync(cancellationToken);
            return (await connection.SendAsync(mail, _messages.Make(mail), cancellationToken))?.Reason;
        }
        catch (MailTransportException exception)
        {
            return exception.Reason;
        }
        catch (ParseException)
        {
            return "address";
        }
    }

    /// <returns>The mails that wait, or that were given up, oldest first. They hold no address.</returns>
    public async Task<IReadOnlyList<OutboxEntry>> ListAsync(
        bool dead, CancellationToken cancellationToken = default) => await _database.ReadAsync(
        (db, abandoned) => db.Context.Outbox
            .Where(dead ? row => row.DeadAt != null : row => row.DeadAt == null)
            .OrderBy(row => row.CreatedAt)
            .Select(row => new OutboxEntry(
                row.Id, row.Kind, row.CreatedAt, row.Attempts, row.NextAt, row.ValidUntil, row.DeadAt, row.LastError))
            .ToListAsync(abandoned),
        cancellationToken);

    /// <summary>
    /// Has mails tried at once that failed or were given up. A mail that helps nobody any more stays as it is, and so
    /// does one that a node tries for the first time.
    /// </summary>
    /// <param name="id">Null means all mails that were given up.</param>
    /// <returns>The number of mails that will be tried.</returns>
    public Task<int> RetryAsync(Guid? id, CancellationToken cancellationToken = default)
    {
        var now = _time.GetUtcNow();
        return _database.WriteOneAsync(
            (db, abandoned) => db.Context.Outbox
                .Where(row => row.ValidUntil > now)
                .Where(row => id == null ? row.DeadAt != null : row.Id == id && row.LastError != null)
                .ExecuteUpdateAsync(
                    set => set
                        .SetProperty(row => row.NextAt, now)
                        .SetProperty(row => row.Attempts, 0)
                        .SetProperty(row => row.DeadAt, (DateTimeOffset?)null),
                    abandoned),
            cancellationToken);
    }

    /// <summary>Deletes a mail. It is not sent.</summary>
    /// <returns>False when the outbox has no such mail.</returns>
    public async Task<bool> DropAsync(Guid id, CancellationToken cancellationToken = default) =>
        await _database.WriteOneAsync(
            (db, abandoned) => db.Context.Outbox.Where(row => row.Id == id).ExecuteDeleteAsync(abandoned),
            cancellationToken) == 1;
}

/// <summary>A mail of the outbox as an operator sees it.</summary>
/// <param name="Kind">What was asked for, such as <c>reset-password</c>.</param>
/// <param name="DeadAt">When the mail was given up. Null while it waits.</param>
/// <param name="LastError">A class and a code, such as <c>smtp 550</c>. Null before the first failure.</param>
public sealed record OutboxEntry(
    Guid Id,
    string Kind,
    DateTimeOffset CreatedAt,
    int Attempts,
    DateTimeOffset NextAt,
    DateTimeOffset ValidUntil,
    DateTimeOffset? DeadAt,
    string? LastError);
