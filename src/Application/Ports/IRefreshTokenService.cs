using System.Diagnostics.CodeAnalysis;

namespace CleanJwt.Application.Ports;

/// <summary>Writes and reads refresh tokens. They are opaque to clients, and nothing of them is stored.</summary>
public interface IRefreshTokenService
{
    string Write(RefreshToken token);

    /// <returns>False for anything that no instance with this service's keys has written.</returns>
    bool TryRead(string text, [NotNullWhen(true)] out RefreshToken? token);
}

public sealed record RefreshToken(Guid SessionId, int Generation);
