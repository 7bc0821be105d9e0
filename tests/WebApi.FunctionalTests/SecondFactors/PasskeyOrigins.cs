using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.SecondFactors;

/// <summary>The pages that may use passkeys.</summary>
[Category("Exhaustive")]
internal sealed class PasskeyOrigins
{
    private const string Issuer = "https://auth.example.com";
    private const string Shop = "https://shop.example.com";
    private const string Other = "https://other.example.com";

    [TestCase("", Issuer, true)]
    [TestCase("", Shop, false)]
    [TestCase("Cors:AllowedOrigins:0", Shop, true)]
    [TestCase("Cors:AllowedOrigins:0", Issuer, true)]
    [TestCase("Cors:AllowedOrigins:0", Other, false)]
    [TestCase("Passkeys:Origins:0", Shop, true)]
    [TestCase("Passkeys:Origins:0", Issuer, false)]
    public async Task Page_MayUseThemIfItsOriginIsNamedOrNoneIs(string setting, string origin, bool may)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Jwt:Issuer"] = Issuer,
            ["Passkeys:RelyingPartyId"] = "example.com",
        };
        if (setting.Length > 0)
        {
            settings[setting] = Shop;
        }

        await using var app = new CleanJwtApp(settings);
        var response = await app.CreateClient().TryAddPasskeyAsync(
            await app.LoginAsync(), new SoftwareAuthenticator(origin));
        await response.ShouldBeAsync(may ? 201 : 400);
    }

    [TestCase("http://localhost:3000", true)]
    [TestCase("http://localhost.evil.test", false)]
    public async Task PageOnThisMachine_MayUseThemInDevelopment(string origin, bool may)
    {
        await using var app = new CleanJwtApp();
        var response = await app.CreateClient().TryAddPasskeyAsync(
            await app.LoginAsync(), new SoftwareAuthenticator(PasskeyRequests.Origin), new() { Origin = origin });
        await response.ShouldBeAsync(may ? 201 : 400);
    }

    [Test]
    public async Task PageOnThisMachine_MayNotUseThemInProduction()
    {
        await using var app = new CleanJwtApp(
            new() { ["Jwt:Issuer"] = Issuer, ["Passkeys:RelyingPartyId"] = "example.com" },
            environment: "Production");
        var response = await app.CreateClientOf(Issuer).TryAddPasskeyAsync(
            await app.CreateClientOf(Issuer).LoginAsync(),
            new SoftwareAuthenticator(Issuer),
            new() { Origin = "http://localhost:3000" });
        await response.ShouldBeAsync(400);
    }
}
