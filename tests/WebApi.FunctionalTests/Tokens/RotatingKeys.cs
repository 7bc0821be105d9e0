using System.Text.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Tokens;

/// <summary>
/// Signing keys come and go on schedule: the next one is known before it signs, and one that was replaced until its
/// last token has expired.
/// </summary>
internal sealed class RotatingKeys
{
    private const int PatienceMilliseconds = 10_000;

    private static Dictionary<string, string?> DefaultLifetime => new() { ["Jwt:KeyLifetime"] = "30.00:00:00" };

    [Test]
    [Category("Exhaustive")]
    public async Task Schedule_PublishesTheNextKeyThenSignsWithItThenForgetsTheOld()
    {
        await using var app = new CleanJwtApp(DefaultLifetime);
        var first = await OnlyKeyAsync(app);

        app.Time.Advance(TimeSpan.FromDays(30) - TimeSpan.FromHours(1) - TimeSpan.FromMinutes(1));
        Assert.That(await KeysAsync(app), Is.EqualTo(new[] { first }), "not before its time");

        app.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(() => KeysAsync(app).Result, Has.Length.EqualTo(2).After(PatienceMilliseconds, 20));
        var second = (await KeysAsync(app)).Single(key => key != first);
        Assert.That(await SigningKeyAsync(app), Is.EqualTo(first), "published, and not yet in use");

        app.Time.Advance(TimeSpan.FromMinutes(59));
        var session = await app.LoginAsync();
        Assert.That(KeyOf(session), Is.EqualTo(first));

        app.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(await SigningKeyAsync(app), Is.EqualTo(second));
        await (await app.MeAsync(session.AccessToken)).ShouldBeAsync(200);

        app.Time.Advance(TimeSpan.FromMinutes(65));
        await Task.Delay(100);
        Assert.That(
            await KeysAsync(app),
            Is.EqualTo(new[] { second, first }),
            "a token of an hour may be left, and clocks differ");
        app.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(() => KeysAsync(app).Result, Is.EqualTo(new[] { second }).After(PatienceMilliseconds, 20));
    }

    [Test]
    [Category("Exhaustive")]
    public async Task ServiceThatWasOffForLong_StillPublishesAheadOfSigning()
    {
        await using var app = new CleanJwtApp(DefaultLifetime);
        var first = await OnlyKeyAsync(app);
        app.Time.Advance(TimeSpan.FromDays(365));
        Assert.That(() => KeysAsync(app).Result, Has.Length.EqualTo(2).After(PatienceMilliseconds, 20));
        Assert.That(await SigningKeyAsync(app), Is.EqualTo(first));
        app.Time.Advance(TimeSpan.FromHours(1));
        Assert.That(await SigningKeyAsync(app), Is.Not.EqualTo(first));
    }

    [TestCase("ES256", "EC", "crv x y")]
    [TestCase("ES384", "EC", "crv x y")]
    [TestCase("RS256", "RSA", "n e")]
    [TestCase("PS256", "RSA", "n e")]
    [Category("Exhaustive")]
    public async Task EachAlgorithm_SignsPublishesAndVerifies(string algorithm, string keyType, string parameters)
    {
        await using var app = new CleanJwtApp(new() { ["Jwt:SigningAlgorithm"] = algorithm });
        var tokens = await app.LoginAsync();
        await (await app.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
        await (await app.MeAsync(Jwt.With(tokens.AccessToken, 2, part => (part[0] == 'A' ? 'B'
            : 'A') + part[1..]))).ShouldBeProblemAsync(401, "invalid-token");
        Assert.That(Jwt.Header(tokens.AccessToken)["alg"]!.ToString(), Is.EqualTo(algorithm));

        var key = (await (await app.CreateClient().GetAsync("/.well-known/jwks.json")).JsonAsync()).GetProperty("keys")
            .EnumerateArray().Single();
        Assert.That(key.Text("alg"), Is.EqualTo(algorithm));
        Assert.That(key.Text("kty"), Is.EqualTo(keyType));
        Assert.That(
            key.Names(),
            Is.EquivalentTo([.. parameters.Split(' '), "kty", "use", "alg", "kid"]),
            "and no private part");
    }

    private static async Task<string[]> KeysAsync(CleanJwtApp app)
    {
        JsonElement keys = (
            await (await app.CreateClient().GetAsync("/.well-known/jwks.json")).JsonAsync()).GetProperty("keys");
        return [.. keys.EnumerateArray().Select(key => key.Text("kid")!)];
    }

    private static async Task<string> OnlyKeyAsync(CleanJwtApp app) => (await KeysAsync(app)).Single();

    private static async Task<string> SigningKeyAsync(CleanJwtApp app) => KeyOf(await app.LoginAsync());

    private static string KeyOf(TokenPair tokens) => Jwt.Header(tokens.AccessToken)["kid"]!.ToString();
}
