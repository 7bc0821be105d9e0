namespace CleanJwt.Infrastructure.Mail;

/// <summary>A mail that waits to be sent, or could not be sent. A sent mail has no row.</summary>
public sealed class OutboxRow
{
    /// <summary>A version 7 UUID. It is the mail's <c>Message-ID</c>, however often the mail is tried.</summary>
    public required Guid Id { get; init; }

    /// <summary>One of <see cref="Domain.Mail.MailKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The request, encrypted. Its length does not tell how long an address is.</summary>
    public required byte[] Payload { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a node may try the mail. A node that tries it moves this ahead, so that no other does.</summary>
    public required DateTimeOffset NextAt { get; init; }

    /// <summary>When the mail would help nobody any more.</summary>
    public required DateTimeOffset ValidUntil { get; init; }

    public int Attempts { get; init; }

    /// <summary>Set when the mail is given up. It is kept for a while, for the operator.</summary>
    public DateTimeOffset? DeadAt { get; init; }

    /// <summary>A class and a code, such as <c>smtp 550</c>. Never an address or a text of a server.</summary>
    public string? LastError { get; init; }
}
