using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using CleanJwt.Domain.Passwords;
using CleanJwt.Infrastructure.Accounts;
using Microsoft.AspNetCore.Identity;
using NSec.Cryptography;

namespace CleanJwt.Infrastructure.Passwords;

/// <summary>
/// Argon2id with the parameters OWASP names first (19 MiB, 2 passes, 1 lane), written as a PHC string, over the password in NFC. Hashes of ASP.NET
/// Core Identity verify too and ask for a rehash, so that an existing database can move in.
/// </summary>
internal sealed partial class Argon2PasswordHasher : IPasswordHasher<AppUser>
{
    /// <summary>A hash that no password has, for the work of a verification where there is no account.</summary>
    public static readonly string Decoy = Format(RandomNumberGenerator.GetBytes(SaltSize), RandomNumberGenerator.GetBytes(HashSize));

    private const int MemoryKiB = 19 * 1024;
    private const int Passes = 2;

    // Within these, other parameters than today's are an older or another service's. What is beyond would fail, or fell the service.
    private const int SmallestMemoryKiB = 8;
    private const int LargestMemoryKiB = 256 * 1024;
    private const int MostPasses = 20;

    private const int SaltSize = 16;
    private const int HashSize = 32;

    private static readonly Argon2id Today = Algorithm(MemoryKiB, Passes);

    private readonly PasswordHasher<AppUser> _identity = new();

    public string HashPassword(AppUser user, string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltSize);
        return Format(salt, Derive(Today, password, salt));
    }

    public PasswordVerificationResult VerifyHashedPassword(AppUser user, string hashedPassword, string providedPassword)
    {
        if (!hashedPassword.StartsWith('$'))
        {
            return VerifyIdentityHash(user, hashedPassword, providedPassword);
        }

        if (Parse(hashedPassword) is not var (memoryKiB, passes, salt, hash))
        {
            return PasswordVerificationResult.Failed;
        }

        var asToday = memoryKiB == MemoryKiB && passes == Passes;
        if (!CryptographicOperations.FixedTimeEquals(Derive(asToday ? Today : Algorithm(memoryKiB, passes), providedPassword, salt), hash))
        {
            return PasswordVerificationResult.Failed;
        }

        return asToday ? PasswordVerificationResult.Success : PasswordVerificationResult.SuccessRehashNeeded;
    }

    private PasswordVerificationResult VerifyIdentityHash(AppUser user, string hashedPassword, string providedPassword)
    {
        // Identity hashed what was typed. Both forms are tried, whichever was typed then.
        foreach (var form in new HashSet<string> { PasswordRules.Normalize(providedPassword), providedPassword })
        {
            if (VerifiesAsIdentityHash(user, hashedPassword, form))
            {
                return PasswordVerificationResult.SuccessRehashNeeded;
            }
        }

        return PasswordVerificationResult.Failed;
    }

    private bool VerifiesAsIdentityHash(AppUser user, string hashedPassword, string password)
    {
        try
        {
            return _identity.VerifyHashedPassword(user, hashedPassword, password) != PasswordVerificationResult.Failed;
        }
        catch (FormatException)
        {
            return false; // not even base64: a row that was damaged or made by something else
        }
    }

    private static Argon2id Algorithm(int memoryKiB, int passes) => PasswordBasedKeyDerivationAlgorithm.Argon2id(
        new Argon2Parameters { MemorySize = memoryKiB, NumberOfPasses = passes, DegreeOfParallelism = 1 });

    private static byte[] Derive(Argon2id algorithm, string password, ReadOnlySpan<byte> salt)
    {
        var bytes = Encoding.UTF8.GetBytes(PasswordRules.Normalize(password));
        try
        {
            return algorithm.DeriveBytes(bytes, salt, HashSize);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static string Format(byte[] salt, byte[] hash) => string.Create(
        CultureInfo.InvariantCulture, $"$argon2id$v=19$m={MemoryKiB},t={Passes},p=1${Unpadded(salt)}${Unpadded(hash)}");

    private static (int MemoryKiB, int Passes, byte[] Salt, byte[] Hash)? Parse(string text)
    {
        var match = PhcString().Match(text);
        if (!match.Success)
        {
            return null;
        }

        var (memoryKiB, passes) = (Number(match.Groups["m"]), Number(match.Groups["t"]));
        return memoryKiB is >= SmallestMemoryKiB and <= LargestMemoryKiB && passes is >= 1 and <= MostPasses
            ? (memoryKiB, passes, Padded(match.Groups["salt"]), Padded(match.Groups["hash"]))
            : null;
    }

    private static int Number(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    // PHC strings use standard base64 without padding.
    private static string Unpadded(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    private static byte[] Padded(Group group) => Convert.FromBase64String(group.Value.PadRight((group.Length + 3) / 4 * 4, '='));

    // With a salt of 16 bytes and a hash of 32.
    [GeneratedRegex("^\\$argon2id\\$v=19\\$m=(?<m>[0-9]{1,7}),t=(?<t>[0-9]{1,2}),p=1\\$(?<salt>[A-Za-z0-9+/]{22})\\$(?<hash>[A-Za-z0-9+/]{43})\\z")]
    private static partial Regex PhcString();
}
