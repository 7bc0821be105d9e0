namespace CleanJwt.Domain.Mail;

/// <summary>
/// A mail that a use case asks for. It is stored in the transaction of the act that causes it. Only later does the
/// dispatcher look the address up, and decide whether and what to send. So an act takes as long for an address without
/// an account as for one with an account.
/// </summary>
public sealed record MailRequest
{
    /// <summary>A version 7 UUID, chosen before the transaction. It is the mail's <c>Message-ID</c>.</summary>
    public required Guid Id { get; init; }

    /// <summary>One of <see cref="MailKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The time of the act.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When the mail would help nobody any more. It is not sent later.</summary>
    public required DateTimeOffset ValidUntil { get; init; }

    /// <summary>The address that a request named. Null where <see cref="AccountId"/> is set.</summary>
    public string? Email { get; init; }

    public Guid? AccountId { get; init; }

    /// <summary>The flow whose code and link the mail holds. Null for a notice.</summary>
    public Guid? FlowId { get; init; }

    /// <summary>Whether the mail of a flow holds a code besides the link.</summary>
    public bool HasCode { get; init; }

    /// <summary>The name of the frontend that the link leads to. Null means the first of the settings.</summary>
    public string? Frontend { get; init; }

    /// <summary>The <c>Accept-Language</c> of the request.</summary>
    public string? AcceptLanguage { get; init; }

    /// <summary>One of <see cref="SecondFactorChanges"/>. Null for other mails.</summary>
    public string? Change { get; init; }

    /// <summary>The client of the act, for a notice. Null where the owner must not learn it.</summary>
    public string? IpAddress { get; init; }

    /// <inheritdoc cref="IpAddress"/>
    public string? UserAgent { get; init; }

    public override string ToString() => $"{nameof(MailRequest)} {Id}"; // a record would print the address
}
