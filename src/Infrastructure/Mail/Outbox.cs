using CleanJwt.Application.Callers;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Mail;
using CleanJwt.Infrastructure.Passwords.Throttle;

namespace CleanJwt.Infrastructure.Mail;

/// <inheritdoc/>
internal sealed class Outbox(
    OutboxWriter writer, PasswordThrottle throttle, AttemptKeys keys, MailLimits limits) : IOutbox
{
    public async Task<TimeSpan> TryAddAsync(
        MailRequest mail, EmailAddress to, ClientNetwork from, CancellationToken cancellationToken)
    {
        IReadOnlyList<AttemptKey> counted = keys.OfMailsTo(to, mail.Kind);
        if (limits.CountNetworks)
        {
            counted = [.. counted, keys.OfMailsFrom(from)];
        }

        var wait = await throttle.CountAsync(
            counted, share: true, (db, abandoned) => writer.AddAsync(db, [mail], abandoned), cancellationToken);
        if (wait == TimeSpan.Zero)
        {
            writer.Wake([mail]);
        }

        return wait;
    }
}
