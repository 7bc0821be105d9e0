using CleanJwt.Application.Clients;

namespace CleanJwt.Application.UnitTests.Clients;

/// <summary>The pairs of an id and a secret that are accepted.</summary>
internal sealed class ClientSecrets
{
    private static readonly ClientsOptions Two = new()
    {
        Clients = [new ClientOptions { Id = "reports", Secret = "secret-r" },
            new ClientOptions { Id = "büro", Secret = "geheim-ü🔑" }],
    };

    [TestCase("reports", "secret-r", true)]
    [TestCase("büro", "geheim-ü🔑", true)]
    [TestCase("reports", "geheim-ü🔑", false, TestName = "{m}(secret of the other)")]
    [TestCase("büro", "secret-r", false, TestName = "{m}(secret of the other, the other way)")]
    [TestCase("unknown", "secret-r", false)]
    [TestCase("Reports", "secret-r", false)]
    [TestCase("report", "secret-r", false)]
    [TestCase("", "secret-r", false)]
    [TestCase("reports", "", false)]
    [TestCase("reports", "secret-", false)]
    [TestCase("reports", "secret-rr", false)]
    [TestCase("reports", "SECRET-R", false)]
    [TestCase("reports", "secret-r\0", false)]
    [TestCase("büro", "geheim-u\u0308🔑", false, TestName = "{m}(the same letter in two code points)")]
    public void Pair_IsKnownAsItIsSet(string id, string secret, bool isKnown) =>
        Assert.That(Two.Knows(id, secret), Is.EqualTo(isKnown));

    [TestCase("", "")]
    [TestCase("reports", "secret-r")]
    public void WithoutClients_NoPairIsKnown(string id, string secret) =>
        Assert.That(new ClientsOptions().Knows(id, secret), Is.False);
}
