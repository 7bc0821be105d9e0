using System.Security.Cryptography;
using System.Text;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Codes;
using CleanJwt.Domain.Mail;
using CleanJwt.Domain.Results;

namespace CleanJwt.Application.Mail;

/// <summary>Begins the flows in which a person proves that a mailbox is theirs, and checks their codes.</summary>
public sealed class MailFlows(
    IOutbox outbox, IFlowTokens tokens, IMailCodes codes, MailOptions options, TimeProvider time)
{
    /// <summary>Asks for a mail with a code and a link. It never looks the address up.</summary>
    /// <param name="accountId">The account of the caller. Null where only an address is known.</param>
    /// <param name="frontend">The name of a known frontend, or null.</param>
    /// <returns>
    /// The ticket, <see cref="MailErrors.MailNotConfigured"/> or <see cref="MailErrors.TooManyMails"/>.
    /// </returns>
    public async Task<Result<FlowTicket>> BeginAsync(
        string kind,
        EmailAddress email,
        Guid? accountId,
        ClientInfo client,
        string? frontend,
        PendingSignUp? signUp,
        CancellationToken cancellationToken)
    {
        if (!options.IsOn)
        {
            return MailErrors.MailNotConfigured;
        }

        var now = time.GetUtcNow();
        var lifetime = kind == MailKinds.ResetPassword ? options.ResetLifetime : options.ConfirmLifetime;
        var flow = new Flow(kind, Guid.NewGuid(), email, now, now + lifetime)
        {
            SignUp = signUp,
            Frontend = frontend,
        };
        var mail = new MailRequest
        {
            Id = Guid.CreateVersion7(now),
            Kind = kind,
            At = now,
            ValidUntil = flow.ExpiresAt,
            Email = accountId is null ? email.Value : null,
            AccountId = accountId,
            FlowId = flow.Id,
            HasCode = true,
            Frontend = frontend,
            AcceptLanguage = client.AcceptLanguage,
        };
        var wait = await outbox.TryAddAsync(mail, email, client.Network, cancellationToken);
        return wait > TimeSpan.Zero
            ? MailErrors.TooManyMails(wait)
            : new FlowTicket(tokens.Write(flow), (long)lifetime.TotalSeconds);
    }

    /// <summary>Makes the mail with which a new account can confirm its address. It holds a link and no code.</summary>
    /// <returns>No mail where none is sent.</returns>
    public IReadOnlyList<MailRequest> LinkFor(
        Guid accountId, ClientInfo client, string? frontend, DateTimeOffset now) => options.IsOn
        ? [new MailRequest
        {
            Id = Guid.CreateVersion7(now),
            Kind = MailKinds.ConfirmEmail,
            At = now,
            ValidUntil = now + options.ConfirmLifetime,
            AccountId = accountId,
            FlowId = Guid.NewGuid(),
            Frontend = frontend,
            AcceptLanguage = client.AcceptLanguage,
        }]
        : [];

    /// <summary>
    /// Checks a typed code. Every try counts before the code is compared, so parallel ones can't exceed five.
    /// </summary>
    /// <param name="account">
    /// The account that the flow is about. Null for a sign-up, and for an unknown address.
    /// </param>
    public async Task<CodeCheck> CheckCodeAsync(
        Flow flow, AccountState? account, string typed, CancellationToken cancellationToken)
    {
        var expected = codes.CodeOf(flow.Kind, flow.Id, account);
        if (!await codes.TryCountAsync(flow, cancellationToken))
        {
            return CodeCheck.Dead;
        }

        if (!CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(TypedCode.Normalize(typed))))
        {
            return CodeCheck.Wrong;
        }

        await codes.ForgetTriesAsync(flow, cancellationToken);
        return CodeCheck.Right;
    }
}

/// <summary>The outcome for a typed code.</summary>
public enum CodeCheck
{
    Right,
    Wrong,

    /// <summary>The flow has used up its tries, so the code was not compared.</summary>
    Dead,
}
