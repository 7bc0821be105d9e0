using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Hosting;

/// <summary>Which addresses count as one client, and which proxies may name them.</summary>
internal sealed class RateLimitPartitions
{
    private const string Proxy = "10.1.2.3";

    [TestCase("203.0.113.9", "203.0.113.9", ExpectedResult = true)]
    [TestCase("203.0.113.9", "203.0.113.8", ExpectedResult = false)]
    [TestCase("203.0.113.9", "9.113.0.203", ExpectedResult = false)]
    [TestCase("203.0.113.9", "::ffff:203.0.113.9", ExpectedResult = true)]
    [TestCase("::ffff:203.0.113.8", "::ffff:203.0.113.9", ExpectedResult = false)]
    [TestCase("0.0.0.1", "::1", ExpectedResult = false)]
    [TestCase("203.0.113.9", "::203.0.113.9", ExpectedResult = false)]
    [TestCase("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", ExpectedResult = true)]
    [TestCase("2001:db8:1:2::1", "2001:db8:1:3::1", ExpectedResult = false)]
    [TestCase("2001:db8:1:2::1", "2001:db8:2:2::1", ExpectedResult = false)]
    [TestCase("2001:db8:1:2::1", "3001:db8:1:2::1", ExpectedResult = false)]
    [TestCase("fe80::1%1", "fe80::2%2", ExpectedResult = true)]
    [Category("Exhaustive")]
    public async Task<bool> TwoAddresses_AreOneClient(string one, string other)
    {
        await using var app = Start();
        return await AreOneClientAsync(app, [(ClientAddress.Header, one)], [(ClientAddress.Header, other)]);
    }

    [Test]
    public async Task ForwardedAddress_CountsForNothingFromAnybody()
    {
        await using var app = Start();
        Assert.That(await AreOneClientAsync(app, Forwarded("198.51.100.1"), Forwarded("198.51.100.2")), Is.True);
    }

    [Test]
    public async Task ForwardedAddress_CountsFromAKnownProxy()
    {
        await using var app = Start(new() { ["ForwardedHeaders:KnownProxies:0"] = Proxy });
        Assert.That(await AreOneClientAsync(app, Forwarded("198.51.100.1"), Forwarded("198.51.100.2")), Is.False);
        Assert.That(await AreOneClientAsync(app, Forwarded("198.51.100.3"), Forwarded("198.51.100.3")), Is.True);
        Assert.That(await AreOneClientAsync(app, Forwarded("2001:db8:1:2::1"), Forwarded("2001:db8:1:2::2")), Is.True);

        // What the client itself puts before the address that the proxy adds.
        Assert.That(
            await AreOneClientAsync(app, Forwarded("192.0.2.1, 198.51.100.4"), Forwarded("192.0.2.2, 198.51.100.4")),
            Is.True);

        // And from anybody who goes around the proxy.
        Assert.That(
            await AreOneClientAsync(
                app,
                [.. Forwarded("192.0.2.3"), (ClientAddress.Header, "10.1.2.4")],
                [.. Forwarded("192.0.2.4"), (ClientAddress.Header, "10.1.2.4")]),
            Is.True);
    }

    private static CleanJwtApp Start(Dictionary<string, string?>? settings = null) => new(
        new(settings ?? []) { ["RateLimiting:Enabled"] = "true", ["RateLimiting:RefreshesPerMinute"] = "1" },
        configure: services => services.AddClientAddress(Proxy));

    private static (string, string)[] Forwarded(string addresses) => [("X-Forwarded-For", addresses)];

    /// <returns>Whether the one request of the first client leaves none for the second.</returns>
    private static async Task<bool> AreOneClientAsync(CleanJwtApp app, (string, string)[] one, (string, string)[] other)
    {
        await (await app.CreateClient().GetAsync("/api/auth/token", one)).ShouldBeProblemAsync(401, "missing-token");
        var second = await app.CreateClient().GetAsync("/api/auth/token", other);
        Assert.That((int)second.StatusCode, Is.EqualTo(401).Or.EqualTo(429));
        return (int)second.StatusCode == 429;
    }
}
