using CleanJwt.Application.Callers;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Mail;

namespace CleanJwt.Application.Ports;

/// <summary>
/// Stores mails that clients ask for. Mails that follow from a change are in its <see cref="AuditContext"/> instead.
/// </summary>
public interface IOutbox
{
    /// <summary>
    /// Counts a mail towards the limits and stores it, in one transaction. The limits are 5 an hour and 10 a day to one
    /// address, one a minute of one kind, and 20 an hour from one network.
    /// </summary>
    /// <returns>Zero when the mail was stored. Otherwise the time until the next mail may be asked for.</returns>
    Task<TimeSpan> TryAddAsync(
        MailRequest mail, EmailAddress to, ClientNetwork from, CancellationToken cancellationToken);
}
