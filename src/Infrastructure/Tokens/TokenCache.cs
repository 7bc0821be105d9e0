using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using BitFaster.Caching.Lru;
using CleanJwt.Application.Ports;
using CleanJwt.Infrastructure.Keys;

namespace CleanJwt.Infrastructure.Tokens;

/// <summary>
/// Caches verified access tokens, so that the service verifies a token's signature once and not at every request.
/// </summary>
/// <remarks>The cache does not know about revocation. Every request checks that separately.</remarks>
internal sealed class TokenCache(TokenCacheOptions options, SigningKeyRing keys)
{
    private readonly ConcurrentLru<Digest, Entry> _entries = new(options.Size);

    /// <summary>The number of cached tokens, at most <see cref="TokenCacheOptions.Size"/>.</summary>
    public int Count => _entries.Count;

    /// <returns>False when the token is not cached, has expired, or its key has been deleted.</returns>
    public bool TryFind(ReadOnlySpan<char> token, DateTimeOffset now, [NotNullWhen(true)] out AccessToken? accepted)
    {
        accepted = null;
        if (!Digest.TryCompute(token, out var digest) || !_entries.TryGet(digest, out var entry))
        {
            return false;
        }

        if (now >= entry.Token.ExpiresAt || !keys.TryFind(entry.KeyId, out _))
        {
            _entries.TryRemove(digest);
            return false;
        }

        accepted = entry.Token;
        return true;
    }

    /// <param name="token">A token that was verified with the key and has not expired.</param>
    public void Add(string token, AccessToken accepted, string keyId)
    {
        if (Digest.TryCompute(token, out var digest))
        {
            _entries.AddOrUpdate(digest, new Entry(accepted, keyId));
        }
    }

    private sealed record Entry(AccessToken Token, string KeyId);

    /// <summary>The SHA-256 of a token. The cache holds no tokens, so a memory dump does not reveal them.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Digest(ulong A, ulong B, ulong C, ulong D)
    {
        /// <returns>False when the text can't be an access token.</returns>
        public static bool TryCompute(ReadOnlySpan<char> token, out Digest digest)
        {
            const int UsualLength = 1_024;
            digest = default;
            if (token.Length > AccessTokenGate.MaxLength)
            {
                return false;
            }

            var ascii = token.Length <= UsualLength ? stackalloc byte[UsualLength] : new byte[token.Length];
            if (Ascii.FromUtf16(token, ascii, out var length) != OperationStatus.Done)
            {
                return false;
            }

            SHA256.HashData(ascii[..length], MemoryMarshal.AsBytes(new Span<Digest>(ref digest)));
            return true;
        }

        public override int GetHashCode() => A.GetHashCode();
    }
}
