using System.Net;
using CleanJwt.Domain.Audit;

namespace CleanJwt.Application.Callers;

/// <summary>
/// The client of a request, as it presents itself. Good enough to recognize a device in a list; it proves nothing.
/// </summary>
/// <param name="UserAgent">Text beyond <see cref="MaxUserAgentLength"/> is cut off.</param>
public sealed record ClientInfo(string? UserAgent, string? IpAddress)
{
    /// <summary>Counted in UTF-16 units.</summary>
    public const int MaxUserAgentLength = 256;

    /// <inheritdoc cref="MaxUserAgentLength"/>
    public const int MaxIpAddressLength = 64;

    /// <inheritdoc cref="MaxUserAgentLength"/>
    public const int MaxAcceptLanguageLength = 128;

    public static readonly ClientInfo Unknown = new(null, null);

    public string? UserAgent { get; } = Truncate(UserAgent, MaxUserAgentLength);

    public string? IpAddress { get; } = Truncate(IpAddress, MaxIpAddressLength);

    /// <summary>The languages that the client prefers (RFC 9110, section 12.5.4), for the mails to its user.</summary>
    public string? AcceptLanguage { get; init => field = Truncate(value, MaxAcceptLanguageLength); }

    /// <summary>What another account's owner may learn of this client: nothing but the language to write in.</summary>
    public ClientInfo Anonymous => Unknown with { AcceptLanguage = AcceptLanguage };

    public ClientNetwork Network => ClientNetwork.Of(IPAddress.TryParse(IpAddress, out var address) ? address : null);

    /// <summary>Makes the audit entry for an action that this client did or tried.</summary>
    /// <param name="accountId">The account that the entry belongs to. Null for an action without an account.</param>
    public AuditEntry AuditEntry(
        string action,
        Guid? accountId,
        Guid? sessionId,
        DateTimeOffset now,
        AuditOutcome outcome = AuditOutcome.Success) => new()
        {
            Id = Guid.CreateVersion7(now),
            At = now,
            AccountId = accountId,
            Action = action,
            Outcome = outcome,
            SessionId = sessionId,
            IpAddress = IpAddress,
            UserAgent = UserAgent,
        };

    private static string? Truncate(string? text, int length) => text?.Length > length
        ? text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)] // never half a surrogate pair
        : text;
}
