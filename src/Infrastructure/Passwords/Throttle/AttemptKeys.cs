using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CleanJwt.Application.Callers;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Passwords;
using CleanJwt.Infrastructure.Keys;

namespace CleanJwt.Infrastructure.Passwords.Throttle;

/// <summary>
/// Makes the keys under which password attempts and mails are counted. A key is an HMAC: the database alone reveals
/// neither the email address nor the client's IP address.
/// </summary>
internal sealed class AttemptKeys(SecretStore secrets)
{
    private const byte NetworkKind = 1;
    private const byte EmailKind = 2;
    private const byte AccountKind = 3;
    private const byte HourOfMailsKind = 4;
    private const byte DayOfMailsKind = 5;
    private const byte MailsOfOneKindKind = 6;
    private const byte MailsPerNetworkKind = 7;
    private const byte CodeKind = 8;
    private const byte SecondFactorKind = 9;

    private byte[]? _secret;

    /// <inheritdoc cref="SecretStore.Load"/>
    public void Load(DbConnection connection) => Use(secrets.Load(connection, SecretStore.PasswordAttempts));

    internal void Use(byte[] secret) => _secret = secret;

    /// <summary>The key of sign-ins to one address from one client network.</summary>
    // An address holds no control character, so the NUL keeps address and network apart.
    public AttemptKey Of(EmailAddress email, ClientNetwork network) =>
        Of(NetworkKind, $"{email.Normalized}\0{network.Family:D}:{network.Bits:x}", AttemptLimit.PerNetwork);

    /// <summary>The key of sign-ins to one address from anywhere.</summary>
    public AttemptKey Of(EmailAddress email) => Of(EmailKind, email.Normalized, AttemptLimit.PerEmail);

    /// <summary>The key of attempts by sessions that are signed in to the account.</summary>
    public AttemptKey Of(Guid accountId) => Of(AccountKind, accountId.ToString(), AttemptLimit.PerAccount);

    /// <summary>The keys of mails to one address.</summary>
    /// <param name="kind">The kind of the next mail.</param>
    public IReadOnlyList<AttemptKey> OfMailsTo(EmailAddress email, string kind)
    {
        var mailbox = MailboxOf(email);
        return
        [
            Of(HourOfMailsKind, mailbox, AttemptLimit.MailsPerHour),
            Of(DayOfMailsKind, mailbox, AttemptLimit.MailsPerDay),
            Of(MailsOfOneKindKind, $"{mailbox}\0{kind}", AttemptLimit.MailsOfOneKind),
        ];
    }

    /// <summary>The key of mails that one client network asks for.</summary>
    public AttemptKey OfMailsFrom(ClientNetwork network) =>
        Of(MailsPerNetworkKind, $"{network.Family:D}:{network.Bits:x}", AttemptLimit.MailsPerNetwork);

    /// <summary>The key of the tries of a flow's code.</summary>
    /// <param name="lifetime">How long the code is valid.</param>
    public AttemptKey OfCode(Guid flowId, TimeSpan lifetime) =>
        Of(CodeKind, flowId.ToString(), AttemptLimit.CodesPerFlow with { Window = lifetime });

    /// <summary>The key of the codes that are tried as second factors of one account.</summary>
    public AttemptKey OfSecondFactors(Guid accountId) =>
        Of(SecondFactorKind, accountId.ToString(), AttemptLimit.SecondFactorsPerAccount);

    /// <summary>
    /// Gives one text for all spellings of a domain. Mail is delivered by its ASCII form (RFC 5891), without a dot at
    /// its end, so each of these spellings leads to one mailbox.
    /// </summary>
    private static string MailboxOf(EmailAddress email)
    {
        var at = email.Normalized.IndexOf('@', StringComparison.Ordinal);
        var domain = email.Normalized[(at + 1)..];
        try
        {
            domain = new IdnMapping().GetAscii(domain.TrimEnd('.', '\u3002', '\uFF0E', '\uFF61'));
        }
        catch (ArgumentException)
        {
            // No such domain can get a mail.
        }

        return $"{email.Normalized[..at]}@{domain.ToUpperInvariant()}";
    }

    private AttemptKey Of(byte kind, string subject, AttemptLimit limit)
    {
        var secret = _secret ?? throw new InvalidOperationException("The secret has not been loaded yet.");
        byte[] content = [kind, .. Encoding.UTF8.GetBytes(subject)];
        var mac = HMACSHA256.HashData(secret, content);
        return new AttemptKey([kind, .. mac.AsSpan(0, AttemptKey.Size - 1)], limit);
    }
}

/// <summary>One byte for the kind of key, followed by the first bytes of an HMAC.</summary>
/// <param name="Limit">The limit of the attempts that are counted under the key.</param>
internal sealed record AttemptKey(byte[] Value, AttemptLimit Limit)
{
    public const int Size = 17;

    private const int SharedSize = 3;

    /// <summary>
    /// Whether several accounts are counted under this key. Then one account's right password must not clear the
    /// others' attempts.
    /// </summary>
    public bool IsShared => Value.Length == SharedSize;

    /// <summary>The key to use when the table is full: one of 65,536, shared with other accounts.</summary>
    public AttemptKey Shared => this with { Value = Value[..SharedSize] };
}
