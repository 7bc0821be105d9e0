using System.Diagnostics.CodeAnalysis;
using CleanJwt.Application.Sessions;

namespace CleanJwt.Application.Ports;

/// <summary>Writes and reads refresh tokens. They are opaque to clients, and the service does not store them.</summary>
public interface IRefreshTokenService
{
    string Write(RefreshToken token);

    /// <returns>
    /// False for a text that no node with the keys of this service has written for <paramref name="transport"/>.
    /// </returns>
    bool TryRead(string text, TokenTransport transport, [NotNullWhen(true)] out RefreshToken? token);
}

/// <summary>The content of a refresh token.</summary>
/// <param name="Transport">The only way in which the token may be presented.</param>
public sealed record RefreshToken(Guid SessionId, int Generation, TokenTransport Transport = TokenTransport.Body);

public static class RefreshTokenServiceExtensions
{
    /// <summary>Reads a token of either transport, for other services, which see both kinds.</summary>
    public static bool TryRead(
        this IRefreshTokenService service, string text, [NotNullWhen(true)] out RefreshToken? token) =>
        service.TryRead(text, TokenTransport.Body, out token)
        || service.TryRead(text, TokenTransport.Cookie, out token);
}
