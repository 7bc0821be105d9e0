using CleanJwt.Application.Callers;

namespace CleanJwt.Application.UnitTests.Callers;

/// <summary>The description of a client is cut to the room that is there.</summary>
internal sealed class ClientDescription
{
    private const string Key = "\U0001f511"; // two UTF-16 units

    private static IEnumerable<TestCaseData> UserAgents =>
    [
        Row("none", null, null),
        Row("empty", "", ""),
        Row("short", "curl/8", "curl/8"),
        Row("longest", new string('x', 256), new string('x', 256)),
        Row("longer", new string('x', 257), new string('x', 256)),
        Row("very long", new string('x', 1 << 20), new string('x', 256)),
        Row("a pair at the end", new string('x', 254) + Key, new string('x', 254) + Key),
        Row("a pair that does not fit whole", new string('x', 255) + Key, new string('x', 255)),
        Row("a pair after the end", new string('x', 256) + Key, new string('x', 256)),
    ];

    [TestCaseSource(nameof(UserAgents))]
    public void UserAgent_IsCutOffBetweenCharacters(string? sent, string? kept) =>
        Assert.That(new ClientInfo(sent, null).UserAgent, Is.EqualTo(kept));

    [Test]
    public void IpAddress_IsCutOff() =>
        Assert.That(new ClientInfo(null, new string('1', 65)).IpAddress, Is.EqualTo(new string('1', 64)));

    private static TestCaseData Row(string name, string? sent, string? kept) =>
        new TestCaseData(sent, kept).SetArgDisplayNames(name);
}
