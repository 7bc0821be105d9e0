using System.Text;

namespace CleanJwt.Domain.Passwords;

/// <summary>The passwords that attackers guess first. <c>CommonPasswords.md</c> names their source.</summary>
internal static class CommonPasswords
{
    // The bytes of the file take far less memory than strings. They are loaded when the first password is set.
    private static readonly Lazy<byte[]> List = new(Read);

    /// <param name="folded">The password in NFC and upper case, like the list.</param>
    public static bool Contains(string folded)
    {
        var wanted = Encoding.UTF8.GetBytes(folded);
        for (ReadOnlySpan<byte> rest = List.Value; rest.Length > 0;)
        {
            var start = rest[..(rest.Length / 2)].LastIndexOf((byte)'\n') + 1;
            var line = rest[start..];
            line = line[..line.IndexOf((byte)'\n')];
            switch (line.SequenceCompareTo(wanted))
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
        var here = typeof(CommonPasswords);
        using var file = here.Assembly.GetManifestResourceStream(here, "CommonPasswords.txt")!;
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
