using System.Buffers;
using System.Buffers.Text;

namespace CleanJwt.Infrastructure.Tokens;

/// <summary>
/// Base64url as RFC 7515, section 2, has it: no padding, no white space, no bits left over. The decoder of .NET forgives the first two, and a token
/// with more than one spelling is a trap for whoever compares or blocks tokens by their text.
/// </summary>
internal static class CanonicalBase64Url
{
    /// <returns>Null unless the text is the one spelling that its bytes have, of one byte or more.</returns>
    public static byte[]? Decode(string text)
    {
        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        return Base64Url.DecodeFromChars(text, bytes, out _, out var written) == OperationStatus.Done // the Try method throws all the same
            && Base64Url.EncodeToString(bytes.AsSpan(0, written)) == text
            && written > 0
                ? bytes[..written]
                : null;
    }
}
