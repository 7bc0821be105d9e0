using System.Text;
using CleanJwt.Infrastructure.Accounts;
using CleanJwt.Infrastructure.Passwords;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace CleanJwt.Infrastructure.IntegrationTests.Passwords;

/// <summary>Hashes of ASP.NET Core Identity's own hasher.</summary>
[TestFixture(PasswordHasherCompatibilityMode.IdentityV2)]
[TestFixture(PasswordHasherCompatibilityMode.IdentityV3)]
internal sealed class IdentityHashes(PasswordHasherCompatibilityMode mode)
{
    private const string Composed = "cr\u00E8me br\u00FBl\u00E9e";

    private static readonly string Decomposed = Composed.Normalize(NormalizationForm.FormD);
    private static readonly AppUser User = new();

    private readonly Argon2PasswordHasher _hasher = new();

    [Test]
    public void RightPassword_VerifiesAndAsksForARehash() =>
        Assert.That(
            Verify(IdentityHash("Passw0rd!"), "Passw0rd!"), Is.EqualTo(PasswordVerificationResult.SuccessRehashNeeded));

    [Test]
    public void WrongPassword_Fails() =>
        Assert.That(Verify(IdentityHash("Passw0rd!"), "passw0rd!"), Is.EqualTo(PasswordVerificationResult.Failed));

    [Test]
    public void HashOfDecomposedText_VerifiesWithTheSameText() =>
        Assert.That(
            Verify(IdentityHash(Decomposed), Decomposed), Is.EqualTo(PasswordVerificationResult.SuccessRehashNeeded));

    [Test]
    public void HashOfComposedText_VerifiesWithEitherSpelling([Values] bool decomposed) =>
        Assert.That(
            Verify(IdentityHash(Composed), decomposed ? Decomposed : Composed), Is.EqualTo(
                PasswordVerificationResult.SuccessRehashNeeded));

    [Test]
    [Category("Exhaustive")]
    public void TruncatedHash_FailsAndDoesNotThrow([Range(0, 56, 4)] int length) =>
        Assert.That(
            Verify(IdentityHash("Passw0rd!")[..length], "Passw0rd!"), Is.EqualTo(PasswordVerificationResult.Failed));

    private string IdentityHash(string password) =>
        new PasswordHasher<AppUser>(
            Options.Create(new PasswordHasherOptions { CompatibilityMode = mode })).HashPassword(User, password);

    private PasswordVerificationResult Verify(string hash, string password) =>
        _hasher.VerifyHashedPassword(User, hash, password);
}

/// <summary>Texts that no hasher writes.</summary>
internal sealed class GarbageHashes
{
    [TestCase("", TestName = "empty")]
    [TestCase(" ", TestName = "white space")]
    [TestCase("not base64!", TestName = "not base64")]
    [TestCase("AAA", TestName = "base64 that breaks off")]
    [TestCase("/w==", TestName = "unknown format marker")]
    [TestCase("AA==", TestName = "V2's marker alone")]
    [TestCase("AQ==", TestName = "V3's marker alone")]
    [TestCase("AQAAAAIAAYagAAAAEA==", TestName = "V3's header alone")]
    [TestCase("AQAAAP8AAYagAAAAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        TestName = "V3 with an unknown function")]
    [TestCase("AQAAAAL/////AAAAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        TestName = "V3 with a negative count")]
    [TestCase("AQAAAAIAAYag/////wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        TestName = "V3 with a negative salt size")]
    [TestCase("pbkdf2_sha256$260000$salt$aGFzaA==", TestName = "Django's")]
    public void Verification_FailsAndDoesNotThrow(string hash) =>
        Assert.That(
            new Argon2PasswordHasher().VerifyHashedPassword(new AppUser(), hash, "Passw0rd!"),
            Is.EqualTo(PasswordVerificationResult.Failed));
}
