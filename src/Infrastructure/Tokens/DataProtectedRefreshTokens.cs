using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using CleanJwt.Application.Ports;
using CleanJwt.Application.Sessions;
using Microsoft.AspNetCore.DataProtection;

namespace CleanJwt.Infrastructure.Tokens;

/// <summary>
/// Writes a refresh token as its session's id and generation, encrypted and authenticated by ASP.NET Core Data
/// Protection.
/// </summary>
/// <remarks>
/// Each transport has a purpose of its own, so a script that reads the answers of the API cannot use their tokens in a
/// cookie, nor the reverse. A refresh token holds no expiry. The session's row decides whether it is valid.
/// </remarks>
internal sealed class DataProtectedRefreshTokens(IDataProtectionProvider dataProtection) : IRefreshTokenService
{
    private const int IdSize = 16;
    private const int Size = IdSize + sizeof(int);
    private const int MaxLength = 512;

    private readonly IDataProtector _body = dataProtection.CreateProtector("CleanJwt.RefreshToken.v1");
    private readonly IDataProtector _cookie = dataProtection.CreateProtector("CleanJwt.RefreshToken.Cookie.v1");

    public string Write(RefreshToken token)
    {
        var payload = new byte[Size];
        token.SessionId.TryWriteBytes(payload, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(payload.AsSpan(IdSize), token.Generation);
        return Base64Url.EncodeToString(ProtectorOf(token.Transport).Protect(payload));
    }

    public bool TryRead(string text, TokenTransport transport, [NotNullWhen(true)] out RefreshToken? token)
    {
        token = null;
        if (text.Length > MaxLength || CanonicalBase64Url.Decode(text) is not { } bytes)
        {
            return false;
        }

        byte[] payload;
        try
        {
            payload = ProtectorOf(transport).Unprotect(bytes);
        }
        catch (CryptographicException)
        {
            return false;
        }

        if (payload.Length != Size)
        {
            return false;
        }

        token = new RefreshToken(
            new Guid(payload.AsSpan(0, IdSize), bigEndian: true),
            BinaryPrimitives.ReadInt32BigEndian(payload.AsSpan(IdSize)),
            transport);
        return true;
    }

    private IDataProtector ProtectorOf(TokenTransport transport) =>
        transport == TokenTransport.Cookie ? _cookie : _body;
}
