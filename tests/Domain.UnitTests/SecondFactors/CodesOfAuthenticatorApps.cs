using System.Text;
using CleanJwt.Domain.SecondFactors;

namespace CleanJwt.Domain.UnitTests.SecondFactors;

/// <summary>The codes of authenticator apps, by the vectors of the RFCs and by Otp.NET.</summary>
internal sealed class CodesOfAuthenticatorApps
{
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("12345678901234567890");
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 10, TimeSpan.Zero);

    // RFC 6238, appendix B, has eight digits. The last six are the code.
    [TestCase(59, "287082")]
    [TestCase(1111111109, "081804")]
    [TestCase(1111111111, "050471")]
    [TestCase(1234567890, "005924")]
    [TestCase(2000000000, "279037")]
    [TestCase(20000000000, "353130")]
    public void Code_IsThatOfTheRfc(long seconds, string code) =>
        Assert.That(
            Totp.CodeAt(Totp.StepAt(DateTimeOffset.FromUnixTimeSeconds(seconds)), Secret), Is.EqualTo(code));

    [Test]
    public void Code_IsThatOfAnotherLibrary()
    {
        var random = new Random(6238);
        for (var i = 0; i < 1_000; i++)
        {
            var secret = new byte[Totp.SecretSize];
            random.NextBytes(secret);
            var moment = DateTimeOffset.FromUnixTimeSeconds(random.NextInt64(0, 4_000_000_000));
            Assert.That(
                Totp.CodeAt(Totp.StepAt(moment), secret),
                Is.EqualTo(new OtpNet.Totp(secret).ComputeTotp(moment.UtcDateTime)));
        }
    }

    [TestCase(-2, false)]
    [TestCase(-1, true)]
    [TestCase(0, true)]
    [TestCase(1, true)]
    [TestCase(2, false)]
    public void Code_CountsInItsStepAndTheTwoAroundIt(int steps, bool counts)
    {
        var code = Totp.CodeAt(Totp.StepAt(Now) + steps, Secret);
        Assert.That(Totp.FindStep(code, Secret, Now), Is.EqualTo(counts ? Totp.StepAt(Now) + steps : (long?)null));
    }

    [TestCase("{0} {1}")]
    [TestCase(" {0}{1}\n")]
    public void WhiteSpace_DoesNotCount(string form)
    {
        var code = Totp.CodeAt(Totp.StepAt(Now), Secret);
        var typed = string.Format(null, CompositeFormat.Parse(form), code[..3], code[3..]);
        Assert.That(Totp.FindStep(typed, Secret, Now), Is.EqualTo(Totp.StepAt(Now)));
    }

    [TestCase("")]
    [TestCase("12345")]
    [TestCase("1234567")]
    [TestCase("abcdef")]
    [TestCase("１２３４５６")]
    public void OtherText_IsNoCode(string typed) => Assert.That(Totp.FindStep(typed, Secret, Now), Is.Null);

    // RFC 4648, section 10, without its padding.
    [TestCase("f", "MY")]
    [TestCase("fo", "MZXQ")]
    [TestCase("foo", "MZXW6")]
    [TestCase("foob", "MZXW6YQ")]
    [TestCase("fooba", "MZXW6YTB")]
    [TestCase("foobar", "MZXW6YTBOI")]
    public void Secret_IsSpelledInBase32(string bytes, string text) =>
        Assert.That(Totp.Spell(Encoding.ASCII.GetBytes(bytes)), Is.EqualTo(text));

    [Test]
    public void Uri_NamesTheServiceAndTheAccount() =>
        Assert.That(
            Totp.UriOf(Secret, "Ada & Co", "ada+x@example.com"),
            Is.EqualTo("otpauth://totp/Ada%20%26%20Co:ada%2Bx%40example.com"
                + "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Ada%20%26%20Co"));
}
