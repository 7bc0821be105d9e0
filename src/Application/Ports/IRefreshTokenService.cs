using System.Diagnostics.CodeAnalysis;

namespace CleanJwt.Application.Ports;

/// <summary>Writes and reads refresh tokens. They are opaque to clients, and the service does not store them.</summary>
public interface IRefreshTokenService
{
    string Write(RefreshToken token);

    /// <returns>False for a text that no node with the keys of this service has written.</returns>
    bool TryRead(string text, [NotNullWhen(true)] out RefreshToken? token);
}

/// <summary>The content of a refresh token.</summary>
public sealed record RefreshToken(Guid SessionId, int Generation);
