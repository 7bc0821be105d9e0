using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CleanJwt.Domain.SecondFactors;

/// <summary>The codes of authenticator apps (RFC 6238): HMAC-SHA-1, six digits, steps of 30 seconds.</summary>
/// <remarks>
/// Identity's provider takes any of five steps, as often as one likes. Here a code counts in its own step, the one
/// before and the one after, and once.
/// </remarks>
public static class Totp
{
    /// <summary>The size of a secret in bytes: that of the hash (RFC 4226, section 4).</summary>
    public const int SecretSize = 20;

    private const int Digits = 6;
    private const int SecondsPerStep = 30;

    // RFC 4648, section 6.
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static long StepAt(DateTimeOffset moment) => moment.ToUnixTimeSeconds() / SecondsPerStep;

    [SuppressMessage("Security", "CA5350", Justification = "Authenticator apps know no other hash. HMAC-SHA-1 is sound.")]
    public static string CodeAt(long step, ReadOnlySpan<byte> secret)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
        HMACSHA1.HashData(secret, counter, hash);
        var truncated = BinaryPrimitives.ReadInt32BigEndian(hash[(hash[^1] & 0xF)..]) & 0x7FFF_FFFF;
        return (truncated % 1_000_000).ToString(CultureInfo.InvariantCulture).PadLeft(Digits, '0');
    }

    /// <summary>Finds the step of a typed code. White space in it does not count.</summary>
    /// <returns>The step, or null when the code is of none of the three steps around now.</returns>
    public static long? FindStep(string typed, ReadOnlySpan<byte> secret, DateTimeOffset now)
    {
        var code = Encoding.UTF8.GetBytes(string.Concat(typed.Where(unit => !char.IsWhiteSpace(unit))));
        var present = StepAt(now);
        for (var step = present + 1; step >= present - 1; step--)
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(CodeAt(step, secret)), code))
            {
                return step;
            }
        }

        return null;
    }

    /// <returns>The secret as people type it into an app: Base32 without padding.</returns>
    public static string Spell(ReadOnlySpan<byte> secret)
    {
        var text = new StringBuilder();
        var (bits, count) = (0, 0);
        foreach (var octet in secret)
        {
            (bits, count) = ((bits << 8) | octet, count + 8);
            for (; count >= 5; count -= 5)
            {
                text.Append(Base32[(bits >> (count - 5)) & 31]);
            }
        }

        return count == 0 ? text.ToString() : text.Append(Base32[(bits << (5 - count)) & 31]).ToString();
    }

    /// <summary>The address that an authenticator app reads from a QR code (Google's key URI format).</summary>
    /// <param name="service">The name that the app shows.</param>
    public static string UriOf(ReadOnlySpan<byte> secret, string service, string email) =>
        $"otpauth://totp/{Uri.EscapeDataString(service)}:{Uri.EscapeDataString(email)}"
        + $"?secret={Spell(secret)}&issuer={Uri.EscapeDataString(service)}";
}
