using System.Text;

namespace CleanJwt.WebApi.FunctionalTests.Input.Mutants;

/// <summary>Small damage to bytes, of the kinds that a wire, a disk or a careless program does.</summary>
internal static class ByteMutations
{
    private const int LongestRun = 16;

    // What means something in JSON, base64url, a form or a header, and what is no UTF-8.
    private static readonly byte[] Odd =
    [
        .. "\0\t\n\r \"%&'+,-./:;=?@[\\]_{}~"u8, 0x7f, 0x80, 0x85, 0xa0, 0xad, 0xc0, 0xc3, 0xe2, 0xed, 0xef, 0xf4,
        0xfe, 0xff,
    ];

    public static byte[] Mutate(Random random, byte[] bytes)
    {
        var mutant = bytes.ToList();
        for (var times = random.Few(); times > 0; times--)
        {
            Damage(random, mutant);
        }

        return [.. mutant];
    }

    /// <summary>
    /// As <see cref="Mutate(Random, byte[])"/>, for text that is written in bytes alone: nothing in it lies beyond
    /// U+00FF.
    /// </summary>
    public static string Mutate(Random random, string text) =>
        Encoding.Latin1.GetString(Mutate(random, Encoding.Latin1.GetBytes(text)));

    /// <summary>One as a rule, up to five now and then.</summary>
    public static int Few(this Random random) => random.OneIn(3) ? random.Next(2, 6) : 1;

    public static bool OneIn(this Random random, int count) => random.Next(count) == 0;

    public static T Of<T>(this Random random, params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];

    private static void Damage(Random random, List<byte> bytes)
    {
        var at = random.Next(bytes.Count + 1);
        if (at == bytes.Count)
        {
            bytes.Add(AnyByte(random));
            return;
        }

        var run = Math.Min(random.Next(1, LongestRun + 1), bytes.Count - at);
        switch (random.Next(9))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = AnyByte(random);
                break;
            case 2:
                bytes.Insert(at, AnyByte(random));
                break;
            case 3:
                bytes.RemoveAt(at);
                break;
            case 4:
                bytes.RemoveRange(at, run);
                break;
            case 5:
                bytes.InsertRange(at, bytes.GetRange(at, run));
                break;
            case 6:
                bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, run));
                break;
            case 7:
                var other = random.Next(bytes.Count);
                (bytes[at], bytes[other]) = (bytes[other], bytes[at]);
                break;
            default:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
        }
    }

    private static byte AnyByte(Random random) => random.OneIn(2) ? random.Of<byte>(Odd) : (byte)random.Next(256);
}
