using CleanJwt.Application.Callers;
using CleanJwt.Domain.Mail;

namespace CleanJwt.Application.Mail;

/// <summary>
/// Makes the mails that tell an owner what was done. The dispatcher sends them to confirmed addresses only.
/// </summary>
/// <remarks>ASVS 6.3.5 and 6.3.7 ask for such mails.</remarks>
public sealed class Notices(NoticeOptions options, MailOptions mail)
{
    // A notice is worth little after some days, and a mail server may be away over a weekend.
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3);

    /// <param name="client">
    /// The client that did it. <see cref="ClientInfo.Unknown"/> where the owner must not know it.
    /// </param>
    /// <returns>No notice where the settings turn it off.</returns>
    public IReadOnlyList<MailRequest> PasswordChanged(Guid accountId, ClientInfo client, DateTimeOffset now) =>
        options.PasswordChanged ? Make(MailKinds.PasswordChanged, accountId, client, now) : [];

    /// <inheritdoc cref="PasswordChanged"/>
    public IReadOnlyList<MailRequest> NewSignIn(Guid accountId, ClientInfo client, DateTimeOffset now) =>
        options.NewSignIn ? Make(MailKinds.NewSignIn, accountId, client, now) : [];

    /// <inheritdoc cref="PasswordChanged"/>
    public IReadOnlyList<MailRequest> AccountLocked(Guid accountId, ClientInfo client, DateTimeOffset now) =>
        options.AccountLocked ? Make(MailKinds.AccountLocked, accountId, client, now) : [];

    /// <inheritdoc cref="PasswordChanged"/>
    public IReadOnlyList<MailRequest> AccountDeleted(Guid accountId, ClientInfo client, DateTimeOffset now) =>
        options.AccountDeleted ? Make(MailKinds.AccountDeleted, accountId, client, now) : [];

    /// <inheritdoc cref="PasswordChanged"/>
    /// <param name="change">One of <see cref="SecondFactorChanges"/>.</param>
    public IReadOnlyList<MailRequest> SecondFactorChanged(
        Guid accountId, string change, ClientInfo client, DateTimeOffset now) =>
        options.SecondFactorChanged
            ? [.. Make(MailKinds.SecondFactorChanged, accountId, client, now).Select(
                mail => mail with { Change = change })]
            : [];

    /// <inheritdoc cref="PasswordChanged"/>
    public IReadOnlyList<MailRequest> FewRecoveryCodes(Guid accountId, ClientInfo client, DateTimeOffset now) =>
        options.SecondFactorChanged ? Make(MailKinds.FewRecoveryCodes, accountId, client, now) : [];

    private MailRequest[] Make(string kind, Guid accountId, ClientInfo client, DateTimeOffset now) => mail.IsOn
        ? [new MailRequest
        {
            Id = Guid.CreateVersion7(now),
            Kind = kind,
            At = now,
            ValidUntil = now + Lifetime,
            AccountId = accountId,
            AcceptLanguage = client.AcceptLanguage,
            IpAddress = client.IpAddress,
            UserAgent = client.UserAgent,
        }]
        : [];
}
