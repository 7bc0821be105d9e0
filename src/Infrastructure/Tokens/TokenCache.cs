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
/// Remembers what access tokens say whose signatures have been verified, so that each is verified once and not at every request. It knows nothing of
/// revocation, which is asked for every time.
/// </summary>
internal sealed class TokenCache(TokenCacheOptions options, SigningKeyRing keys)
{
    private readonly ConcurrentLru<Digest, Entry> _entries = new(options.Size);

    /// <summary>At most <see cref="TokenCacheOptions.Size"/>.</summary>
    public int Count => _entries.Count;

    /// <returns>False also for a token that has expired, or whose key is gone.</returns>
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

    /// <param name="token">Verified under the key, and in time.</param>
    public void Add(string token, AccessToken says, string keyId)
    {
        if (Digest.TryCompute(token, out var digest))
        {
            _entries.AddOrUpdate(digest, new Entry(says, keyId));
        }
    }

    private sealed record Entry(AccessToken Token, string KeyId);

    /// <summary>SHA-256 of a token: a cache of the tokens themselves would be worth stealing.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Digest(ulong A, ulong B, ulong C, ulong D)
    {
        /// <returns>False for what can't be an access token.</returns>
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
