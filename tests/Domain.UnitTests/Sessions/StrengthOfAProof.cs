using CleanJwt.Domain.Sessions;

namespace CleanJwt.Domain.UnitTests.Sessions;

/// <summary>What an authentication proves, and its names in tokens.</summary>
internal sealed class StrengthOfAProof
{
    private static IEnumerable<TestCaseData> Proofs =>
    [
        new(Proof.Password, "one-factor", "pwd"),
        new(Proof.PasswordAndCode, "two-factor", "pwd otp mfa"),
        new(Proof.Passkey, "phishing-resistant", "pop user mfa"),
        new(Proof.PasswordAndPasskey, "phishing-resistant", "pwd pop user mfa"),
    ];

    [TestCaseSource(nameof(Proofs))]
    public void Names_AreThoseOfTheContract(Proof proof, string acr, string amr)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(AcrNames.Of(proof.Acr), Is.EqualTo($"urn:cleanjwt:acr:{acr}"));
            Assert.That(AcrNames.Parse($"urn:cleanjwt:acr:{acr}"), Is.EqualTo(proof.Acr));
            Assert.That(proof.Amr, Is.EqualTo(amr));
        }
    }

    [Test]
    public void Order_IsFromWeakToStrong() =>
        Assert.That(AcrNames.All.Select(AcrNames.Parse), Is.Ordered.And.Unique);

    [TestCase(null)]
    [TestCase("")]
    [TestCase("urn:cleanjwt:acr:of-a-newer-version")]
    [TestCase("phishing-resistant")]
    public void UnknownName_CountsAsOneFactor(string? name) =>
        Assert.That(AcrNames.Parse(name), Is.EqualTo(Acr.OneFactor));

    [Test]
    public void Reauthentication_ReplacesTheWholeProof()
    {
        var session = SessionExample.New with { AuthTime = DateTimeOffset.UnixEpoch };
        var now = DateTimeOffset.UnixEpoch.AddDays(1);
        var stronger = session.Reauthenticate(Proof.Passkey, now, now.AddDays(1));
        var weaker = stronger.Reauthenticate(Proof.Password, now.AddHours(1), now.AddDays(1));
        Assert.That(
            new[] { stronger, weaker }.Select(one => (one.AuthTime, one.Acr, one.Amr)),
            Is.EqualTo(new[]
            {
                (now, Acr.PhishingResistant, "pop user mfa"), (now.AddHours(1), Acr.OneFactor, "pwd"),
            }));
    }
}
