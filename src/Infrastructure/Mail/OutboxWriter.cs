using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using CleanJwt.Domain.Mail;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Statements;
using Microsoft.AspNetCore.DataProtection;

namespace CleanJwt.Infrastructure.Mail;

/// <summary>
/// Writes mails into the outbox, in the transaction of the act that causes them. So a mail exists if and only if the
/// act was done.
/// </summary>
internal sealed class OutboxWriter(IDataProtectionProvider dataProtection, OutboxSignal signal)
{
    private const int PayloadStep = 1024;
    private const byte Space = (byte)' ';

    private readonly IDataProtector _protector = dataProtection.CreateProtector("CleanJwt.Outbox.v1");

    /// <summary>
    /// Inserts mails in the caller's transaction. The caller calls <see cref="Wake"/> after it has committed.
    /// </summary>
    public Task AddAsync(
        DatabaseConnection db, IReadOnlyList<MailRequest> mails, CancellationToken cancellationToken) =>
        mails.Count == 0
            ? Task.CompletedTask
            : db.ExecuteAllAsync([.. mails.Select(mail => MailStatements.Insert(ToRow(mail)))], cancellationToken);

    /// <summary>Has this node look for mails at once, instead of at its next poll.</summary>
    public void Wake(IReadOnlyList<MailRequest> mails)
    {
        if (mails.Count > 0)
        {
            signal.Set();
        }
    }

    /// <returns>False for a payload that no node with the keys of this service has written.</returns>
    public bool TryRead(OutboxRow row, [NotNullWhen(true)] out MailRequest? mail)
    {
        try
        {
            mail = JsonSerializer.Deserialize<MailRequest>(_protector.Unprotect(row.Payload));
        }
        catch (Exception exception) when (exception is CryptographicException or JsonException)
        {
            mail = null;
        }

        return mail is not null;
    }

    // JSON allows white space at its end.
    private OutboxRow ToRow(MailRequest mail)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(mail);
        var padded = new byte[(json.Length + PayloadStep - 1) / PayloadStep * PayloadStep];
        json.CopyTo(padded, 0);
        padded.AsSpan(json.Length).Fill(Space);
        return new OutboxRow
        {
            Id = mail.Id,
            Kind = mail.Kind,
            Payload = _protector.Protect(padded),
            CreatedAt = mail.At,
            NextAt = mail.At,
            ValidUntil = mail.ValidUntil,
        };
    }
}

/// <summary>Wakes the dispatcher of this node.</summary>
internal sealed class OutboxSignal : IDisposable
{
    private readonly SemaphoreSlim _signal = new(0, 1);

    public void Set()
    {
        try
        {
            _signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is set already.
        }
    }

    /// <summary>Waits until the signal is set, or for a time.</summary>
    public Task WaitAsync(TimeSpan time, CancellationToken cancellationToken) =>
        _signal.WaitAsync(time, cancellationToken);

    public void Dispose() => _signal.Dispose();
}
