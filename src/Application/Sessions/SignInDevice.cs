using System.Net;
using CleanJwt.Application.Callers;

namespace CleanJwt.Application.Sessions;

/// <summary>Where a session was started from.</summary>
public sealed record SignInDevice(string? UserAgent, string? IpAddress)
{
    /// <summary>
    /// Whether the owner should hear of a sign-in: the account has earlier sessions, and none is from the same kind of
    /// device or the same network.
    /// </summary>
    /// <param name="earlier">The earlier sessions of the account, ended ones included.</param>
    public bool IsUnusual(IReadOnlyCollection<SignInDevice> earlier) =>
        earlier.Count > 0 && !earlier.Any(one => one.Device == Device || one.Network == Network);

    private Device Device => Device.Of(UserAgent);

    private ClientNetwork Network => ClientNetwork.Of(IPAddress.TryParse(IpAddress, out var address) ? address : null);
}
