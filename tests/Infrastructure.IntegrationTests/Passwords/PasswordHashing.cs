using System.Text;
using CleanJwt.Infrastructure.Accounts;
using CleanJwt.Infrastructure.Passwords;
using Microsoft.AspNetCore.Identity;

namespace CleanJwt.Infrastructure.IntegrationTests.Passwords;

/// <summary>Argon2id hashes as this service writes them.</summary>
internal sealed class PasswordHashing
{
    private const string Password = "correct horse battery staple";

    private const string Salt = "AAAAAAAAAAAAAAAAAAAAAA";
    private const string Hash = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    private static readonly AppUser User = new();

    private readonly Argon2PasswordHasher _hasher = new();

    [Test]
    public void Hash_IsAPhcStringWithOwaspsParameters() =>
        Assert.That(
            _hasher.HashPassword(User, Password),
            Does.Match(@"^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$"));

    [Test]
    public void SamePasswordTwice_HasTwoHashes()
    {
        var first = _hasher.HashPassword(User, Password);
        Assert.That(_hasher.HashPassword(User, Password), Is.Not.EqualTo(first));
    }

    [Test]
    public void RightPassword_Verifies() =>
        Assert.That(
            Verify(_hasher.HashPassword(User, Password), Password), Is.EqualTo(PasswordVerificationResult.Success));

    [TestCase("correct horse battery stapl")]
    [TestCase("correct horse battery staple ")]
    [TestCase("Correct horse battery staple")]
    [TestCase("")]
    public void WrongPassword_Fails(string wrong) =>
        Assert.That(Verify(_hasher.HashPassword(User, Password), wrong), Is.EqualTo(PasswordVerificationResult.Failed));

    [Test]
    public void OtherSpellingOfTheSameText_Verifies()
    {
        const string Composed = "cr\u00E8me br\u00FBl\u00E9e";
        var decomposed = Composed.Normalize(NormalizationForm.FormD);
        Assert.That(decomposed, Is.Not.EqualTo(Composed));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                Verify(_hasher.HashPassword(User, Composed), decomposed),
                Is.EqualTo(PasswordVerificationResult.Success));
            Assert.That(
                Verify(_hasher.HashPassword(User, decomposed), Composed),
                Is.EqualTo(PasswordVerificationResult.Success));
        }
    }

    [Test]
    public void Decoy_IsOfTodaysKindAndVerifiesNothing()
    {
        Assert.That(Argon2PasswordHasher.Decoy, Does.StartWith("$argon2id$v=19$m=19456,t=2,p=1$"));
        Assert.That(Verify(Argon2PasswordHasher.Decoy, Password), Is.EqualTo(PasswordVerificationResult.Failed));
    }

    [Test]
    public void HashWithOtherParameters_VerifiesAndAsksForARehash()
    {
        var hash = HashOf(Password, memoryKiB: 8192, passes: 3);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Verify(hash, Password), Is.EqualTo(PasswordVerificationResult.SuccessRehashNeeded));
            Assert.That(Verify(hash, "wrong"), Is.EqualTo(PasswordVerificationResult.Failed));
        }
    }

    [TestCase("$", TestName = "a dollar sign")]
    [TestCase("$argon2id$", TestName = "no fields")]
    [TestCase($"$argon2i$v=19$m=19456,t=2,p=1${Salt}${Hash}", TestName = "argon2i")]
    [TestCase($"$argon2d$v=19$m=19456,t=2,p=1${Salt}${Hash}", TestName = "argon2d")]
    [TestCase($"$argon2id$v=16$m=19456,t=2,p=1${Salt}${Hash}", TestName = "older version")]
    [TestCase($"$argon2id$v=19$m=19456,t=2,p=2${Salt}${Hash}", TestName = "two lanes")]
    [TestCase($"$argon2id$v=19$m=0,t=2,p=1${Salt}${Hash}", TestName = "no memory")]
    [TestCase($"$argon2id$v=19$m=7,t=2,p=1${Salt}${Hash}", TestName = "less memory than Argon2 can do with")]
    [TestCase($"$argon2id$v=19$m=9999999,t=2,p=1${Salt}${Hash}", TestName = "more memory than there is")]
    [TestCase($"$argon2id$v=19$m=19456,t=0,p=1${Salt}${Hash}", TestName = "no passes")]
    [TestCase($"$argon2id$v=19$m=19456,t=99,p=1${Salt}${Hash}", TestName = "more passes than anybody waits for")]
    [TestCase($"$argon2id$v=19$m=99999999999,t=2,p=1${Salt}${Hash}", TestName = "memory beyond an int")]
    [TestCase($"$argon2id$v=19$m=-1,t=2,p=1${Salt}${Hash}", TestName = "negative memory")]
    [TestCase($"$argon2id$v=19$t=2,m=19456,p=1${Salt}${Hash}", TestName = "parameters in another order")]
    [TestCase($"$argon2id$v=19$m=19456,t=2,p=1${Salt}", TestName = "no hash")]
    [TestCase($"$argon2id$v=19$m=19456,t=2,p=1$${Hash}", TestName = "empty salt")]
    [TestCase($"$argon2id$v=19$m=19456,t=2,p=1$AAAA${Hash}", TestName = "short salt")]
    [TestCase($"$argon2id$v=19$m=19456,t=2,p=1${Salt}$AAAA", TestName = "short hash")]
    [TestCase($"$argon2id$v=19$m=19456,t=2,p=1${Salt}==${Hash}=", TestName = "padding")]
    [TestCase($"$argon2id$v=19$m=19456,t=2,p=1$______________________${Hash}", TestName = "base64url")]
    [TestCase($"$argon2id$v=19$m=19456,t=2,p=1${Salt}${Hash}\n", TestName = "line feed at the end")]
    [TestCase("$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy", TestName = "bcrypt")]
    public void MalformedPhcString_FailsAndDoesNotThrow(string hash) =>
        Assert.That(Verify(hash, Password), Is.EqualTo(PasswordVerificationResult.Failed));

    private PasswordVerificationResult Verify(string hash, string password) =>
        _hasher.VerifyHashedPassword(User, hash, password);

    /// <summary>A hash as another service writes it. The code under test takes no part in it.</summary>
    private static string HashOf(string password, int memoryKiB, int passes)
    {
        var salt = "0123456789abcdef"u8;
        var algorithm = NSec.Cryptography.PasswordBasedKeyDerivationAlgorithm.Argon2id(
            new NSec.Cryptography.Argon2Parameters
            {
                MemorySize = memoryKiB,
                NumberOfPasses = passes,
                DegreeOfParallelism = 1
            });
        var hash = algorithm.DeriveBytes(Encoding.UTF8.GetBytes(password), salt, 32);
        return $"$argon2id$v=19$m={memoryKiB},t={passes},p=1${Convert.ToBase64String(salt).TrimEnd('=')}${Convert.ToBase64String(hash).TrimEnd('=')}";
    }
}
