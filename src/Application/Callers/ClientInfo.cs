using System.Net;
using CleanJwt.Domain.Audit;

namespace CleanJwt.Application.Callers;

/// <summary>Where a request came from, as its sender shows itself to the service: good for a list of one's devices, not as proof.</summary>
/// <param name="UserAgent">What is longer than <see cref="MaxUserAgentLength"/> is cut off.</param>
public sealed record ClientInfo(string? UserAgent, string? IpAddress)
{
    /// <summary>In UTF-16 units.</summary>
    public const int MaxUserAgentLength = 256;

    /// <inheritdoc cref="MaxUserAgentLength"/>
    public const int MaxIpAddressLength = 64;

    public static readonly ClientInfo Unknown = new(null, null);

    public string? UserAgent { get; } = Truncate(UserAgent, MaxUserAgentLength);

    public string? IpAddress { get; } = Truncate(IpAddress, MaxIpAddressLength);

    public ClientNetwork Network => ClientNetwork.Of(IPAddress.TryParse(IpAddress, out var address) ? address : null);

    /// <summary>What somebody at this client did, or tried to.</summary>
    /// <param name="accountId">Null when nobody's.</param>
    public AuditEntry AuditEntry(
        string action, Guid? accountId, Guid? sessionId, DateTimeOffset now, AuditOutcome outcome = AuditOutcome.Success) => new()
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
        ? text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)] // half a character is none
        : text;
}
