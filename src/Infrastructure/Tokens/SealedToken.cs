using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace CleanJwt.Infrastructure.Tokens;

/// <summary>
/// Writes and reads tokens that only this service can make and read. ASP.NET Core Data Protection encrypts and
/// authenticates them. A protector with a purpose of its own makes a token of one kind unreadable as one of another.
/// </summary>
internal static class SealedToken
{
    /// <summary>The longest text that is read.</summary>
    public const int MaxLength = 16 * 1024;

    private const byte Format = 1;

    /// <param name="size">The content is padded to this size, in bytes. Zero pads nothing.</param>
    public static string Write(IDataProtector protector, int size, Action<BinaryWriter> write)
    {
        using var content = new MemoryStream();
        using (var writer = new BinaryWriter(content, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Format);
            write(writer);
        }

        content.SetLength(Math.Max(size, content.Length));
        return Base64Url.EncodeToString(protector.Protect(content.ToArray()));
    }

    /// <returns>Null for a text that is no token of this service and this purpose.</returns>
    public static T? Read<T>(IDataProtector protector, string text, Func<BinaryReader, T> read)
        where T : class
    {
        if (text.Length > MaxLength || CanonicalBase64Url.Decode(text) is not { } bytes)
        {
            return null;
        }

        byte[] content;
        try
        {
            content = protector.Unprotect(bytes);
        }
        catch (CryptographicException)
        {
            return null;
        }

        using var reader = new BinaryReader(new MemoryStream(content), Encoding.UTF8);
        return reader.ReadByte() == Format ? read(reader) : null;
    }

    public static void Write(this BinaryWriter writer, Guid id) => writer.Write(id.ToByteArray(bigEndian: true));

    public static void Write(this BinaryWriter writer, DateTimeOffset moment) => writer.Write(moment.UtcTicks);

    public static Guid ReadId(this BinaryReader reader) => new(reader.ReadBytes(16), bigEndian: true);

    public static DateTimeOffset ReadMoment(this BinaryReader reader) => new(reader.ReadInt64(), TimeSpan.Zero);
}
