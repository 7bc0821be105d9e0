using CleanJwt.Domain.Accounts;

namespace CleanJwt.Application.Mail;

/// <summary>
/// An exchange in which a person proves that a mailbox is theirs. The client that began it holds the flow token, and
/// the mail holds a code and a link.
/// </summary>
/// <param name="Kind">
/// One of <see cref="Domain.Mail.MailKinds"/>. A token of one kind is worth nothing for another.
/// </param>
/// <param name="Id">A random id, to count the tries of the code and to use the flow once.</param>
/// <param name="Email">
/// The address that the client named. The account, if there is one, may spell it differently.
/// </param>
public sealed record Flow(
    string Kind, Guid Id, EmailAddress Email, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>The name of the frontend that the link of the mail leads to. Null means the default.</summary>
    public string? Frontend { get; init; }

    /// <summary>What a sign-up needs to become an account. Null for the other kinds.</summary>
    public PendingSignUp? SignUp { get; init; }
}

/// <summary>A sign-up that is no account yet. Only the client holds it, in its flow token.</summary>
public sealed record PendingSignUp(string PasswordHash, string? DisplayName)
{
    public override string ToString() => nameof(PendingSignUp); // a record would print the hash
}

/// <summary>The content of the token in the link of a mail.</summary>
/// <param name="AccountId">Empty for a sign-up, which has no account yet.</param>
/// <param name="SecurityVersion">
/// The account's version when the mail was written. A new password or a lock since then makes the link worthless.
/// </param>
public sealed record FlowLink(
    string Kind, Guid FlowId, Guid AccountId, int SecurityVersion, DateTimeOffset ExpiresAt)
{
    /// <summary>
    /// The address of a sign-up. The link does not hold its password: opened by a stranger, it would make that
    /// password the owner's.
    /// </summary>
    public EmailAddress? Email { get; init; }
}

/// <summary>The answer to a request for a mail. It is the same whether the address has an account or not.</summary>
/// <param name="FlowToken">An opaque token. Send it back with the code from the mail.</param>
/// <param name="ExpiresIn">The seconds for which the code and the link are valid.</param>
public sealed record FlowTicket(string FlowToken, long ExpiresIn)
{
    public override string ToString() => nameof(FlowTicket); // a record would print the token
}
