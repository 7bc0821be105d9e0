using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using CleanJwt.Domain.Passwords;
using CleanJwt.Infrastructure.Accounts;
using Microsoft.AspNetCore.Identity;
using NSec.Cryptography;

namespace CleanJwt.Infrastructure.Passwords;

/// <summary>Hashes passwords in NFC with Argon2id, and writes the hash as a PHC string.</summary>
/// <remarks>
/// The parameters are OWASP's first choice: 19 MiB, 2 passes, 1 lane. Hashes of ASP.NET Core Identity verify too and
/// ask for a rehash, so that the service can take over an existing database.
/// </remarks>
internal sealed partial class Argon2PasswordHasher : IPasswordHasher<AppUser>
{
    /// <summary>
    /// A random hash that no password has. Its verification takes as long as that of an account's hash.
    /// </summary>
    public static readonly string Decoy =
        Format(RandomNumberGenerator.GetBytes(SaltSize), RandomNumberGenerator.GetBytes(HashSize));

    private const int MemoryKiB = 19 * 1024;
    private const int Passes = 2;

    // A hash of an older version or another service may have other parameters within these limits.
    // Parameters beyond them would fail, or use up the service's memory and time.
    private const int MinMemoryKiB = 8;
    private const int MaxMemoryKiB = 256 * 1024;
    private const int MaxPasses = 20;

    private const int SaltSize = 16;
    private const int HashSize = 32;

    private static readonly Argon2id CurrentAlgorithm = Algorithm(MemoryKiB, Passes);

    private readonly PasswordHasher<AppUser> _identityHasher = new();

    public string HashPassword(AppUser user, string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltSize);
        return Format(salt, Derive(CurrentAlgorithm, password, salt));
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

        var isCurrent = memoryKiB == MemoryKiB && passes == Passes;
        var algorithm = isCurrent ? CurrentAlgorithm : Algorithm(memoryKiB, passes);
        if (!CryptographicOperations.FixedTimeEquals(Derive(algorithm, providedPassword, salt), hash))
        {
            return PasswordVerificationResult.Failed;
        }

        return isCurrent ? PasswordVerificationResult.Success : PasswordVerificationResult.SuccessRehashNeeded;
    }

    private PasswordVerificationResult VerifyIdentityHash(AppUser user, string hashedPassword, string providedPassword)
    {
        // Identity hashed the password without normalizing it. So the hash may be of either form.
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
            return _identityHasher.VerifyHashedPassword(user, hashedPassword, password)
                != PasswordVerificationResult.Failed;
        }
        catch (FormatException)
        {
            return false; // not base64: the row is damaged, or another program wrote it
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
        return memoryKiB is >= MinMemoryKiB and <= MaxMemoryKiB && passes is >= 1 and <= MaxPasses
            ? (memoryKiB, passes, Padded(match.Groups["salt"]), Padded(match.Groups["hash"]))
            : null;
    }

    private static int Number(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    // PHC strings use standard base64 without padding.
    private static string Unpadded(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    private static byte[] Padded(Group group) =>
        Convert.FromBase64String(group.Value.PadRight((group.Length + 3) / 4 * 4, '='));

    // The salt has 16 bytes, and the hash 32.
    [GeneratedRegex(
        "^\\$argon2id\\$v=19\\$m=(?<m>[0-9]{1,7}),t=(?<t>[0-9]{1,2}),p=1"
        + "\\$(?<salt>[A-Za-z0-9+/]{22})\\$(?<hash>[A-Za-z0-9+/]{43})\\z")]
    private static partial Regex PhcString();
}
