using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace CleanJwt.ProcessTests.Support;

/// <summary>
/// An authenticator app (RFC 6238: SHA-1, 6 digits, 30 seconds). The service takes each code once, and the next one 30
/// seconds early, so two codes are there at any time. A third one must be waited for.
/// </summary>
internal sealed class AuthenticatorApp(string secret)
{
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    private readonly byte[] _key = Decode(secret);
    private long _last;

    public async Task<string> NextCodeAsync()
    {
        _last = Math.Max((DateTime.UtcNow - DateTime.UnixEpoch).Ticks / Step.Ticks, _last + 1);
        var early = DateTime.UnixEpoch + ((_last - 1) * Step) - DateTime.UtcNow;
        if (early > TimeSpan.Zero)
        {
            await Task.Delay(early + TimeSpan.FromMilliseconds(100));
        }

        var step = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(step, _last);
#pragma warning disable CA5350 // The apps know no other hash.
        var hash = HMACSHA1.HashData(_key, step);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 15)) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    private static byte[] Decode(string text)
    {
        var bits = string.Concat(text.Select(
            letter => Base32.IndexOf(letter).ToString("b5", CultureInfo.InvariantCulture)));
        return [.. bits.Chunk(8).Where(byteOf => byteOf.Length == 8).Select(byteOf => Convert.ToByte(new string(byteOf), 2))];
    }
}
