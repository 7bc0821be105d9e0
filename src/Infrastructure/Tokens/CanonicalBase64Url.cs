using System.Buffers;
using System.Buffers.Text;

namespace CleanJwt.Infrastructure.Tokens;

/// <summary>Decodes base64url as RFC 7515, section 2, defines it: no padding, no white space, no unused bits.</summary>
/// <remarks>
/// .NET's decoder accepts padding and white space. A token with more than one spelling could pass a block list that
/// compares text.
/// </remarks>
internal static class CanonicalBase64Url
{
    /// <returns>One byte or more. Null when the text is not the canonical spelling of its bytes.</returns>
    public static byte[]? Decode(string text)
    {
        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];

        // TryDecodeFromChars would throw for an invalid text.
        return Base64Url.DecodeFromChars(text, bytes, out _, out var written) == OperationStatus.Done
            && Base64Url.EncodeToString(bytes.AsSpan(0, written)) == text
            && written > 0
                ? bytes[..written]
                : null;
    }
}
