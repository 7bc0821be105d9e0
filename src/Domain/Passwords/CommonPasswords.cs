using System.Text;

namespace CleanJwt.Domain.Passwords;

/// <summary>The passwords that many people have chosen before, so that guessing begins with them. Their source is named in <c>CommonPasswords.md</c>.</summary>
internal static class CommonPasswords
{
    // Kept as the bytes of the file, a tenth of what as many strings would take, and read when the first password is chosen.
    private static readonly Lazy<byte[]> List = new(Read);

    /// <param name="folded">In NFC and upper case, as the list is.</param>
    public static bool Contain(string folded)
    {
        var sought = Encoding.UTF8.GetBytes(folded);
        for (ReadOnlySpan<byte> rest = List.Value; rest.Length > 0;)
        {
            var start = rest[..(rest.Length / 2)].LastIndexOf((byte)'\n') + 1;
            var line = rest[start..];
            line = line[..line.IndexOf((byte)'\n')];
            switch (line.SequenceCompareTo(sought))
            {
                case 0:
                    return true;
                case > 0:
                    rest = rest[..start];
                    break;
                default:
                    rest = rest[(start + line.Length + 1)..];
                    break;
            }
        }

        return false;
    }

    private static byte[] Read()
    {
        using var file = typeof(CommonPasswords).Assembly.GetManifestResourceStream(typeof(CommonPasswords), "CommonPasswords.txt")!;
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
