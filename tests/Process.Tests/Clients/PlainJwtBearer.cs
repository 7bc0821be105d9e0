using System.Security.Cryptography.X509Certificates;
using CleanJwt.ProcessTests.Support;
using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace CleanJwt.ProcessTests.Clients;

/// <summary>
/// An ASP.NET Core service that is told the issuer's address and the audience, and nothing else, with the tokens of the
/// real process over HTTPS.
/// </summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
internal sealed class PlainJwtBearer
{
    private readonly TemporaryFolder _folder = new();
    private readonly X509Certificate2 _certificate = LocalCertificate.Create();
    private readonly string _authority = $"https://127.0.0.1:{CleanJwtProcess.FreePort()}";
    private CleanJwtProcess? _issuer;
    private PlainService? _service;
    private TokenPair? _tokens;

    private PlainService Service => _service!;

    private TokenPair Tokens => _tokens!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _issuer = await StartIssuerAsync();
        _service = await PlainService.StartAsync(NameIssuerAndAudience, _certificate);
        _tokens = await _issuer.Client.LoginAsync();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await (_service?.DisposeAsync() ?? default);
        await (_issuer?.DisposeAsync() ?? default);
        _certificate.Dispose();
        _folder.Dispose();
    }

    [Test]
    public async Task ValidToken_IsAcceptedAndItsAccountIsKnown()
    {
        var response = await Service.Client.AskAsync(Tokens.AccessToken, "/");
        await response.ShouldBeAsync(200);
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo(Tokens.AccountId));
    }

    [Test]
    public async Task TamperedToken_IsRefused() => await ShouldBeRefusedAsync(
        Service, Jwt.WithClaims(
            Tokens.AccessToken, claims => claims["sub"] = Guid.NewGuid().ToString()), "The signature is invalid");

    [Test]
    public async Task TokenInTheNameOfAnotherIssuer_IsRefused()
    {
        using var key = new ServiceKey(ServiceNode.DatabasePathIn(_folder.Path));
        var token = key.Resign(Tokens.AccessToken, payload: claims => claims["iss"] = "https://another.example.com");
        await ShouldBeRefusedAsync(Service, token, "The issuer 'https://another.example.com' is invalid");
    }

    [Test]
    public async Task TokenOfAnotherIssuer_IsRefused()
    {
        using var folder = new TemporaryFolder();
        await using var another = await CleanJwtProcess.StartAsIssuerAsync(folder.Path);
        var token = (await another.Client.LoginAsync()).AccessToken;
        await ShouldBeRefusedAsync(Service, token, $"The issuer '{Jwt.Payload(token)["iss"]}' is invalid");

        using var key = new ServiceKey(ServiceNode.DatabasePathIn(folder.Path));
        var inTheNameOfThisOne = key.Resign(token, payload: claims => claims["iss"] = _authority);
        await ShouldBeRefusedAsync(Service, inTheNameOfThisOne, "The signature key was not found");
    }

    // ASP.NET Core takes no token before it knows the audience, and no metadata can tell it. The issuer is fine: where
    // no audience is required, its address is enough.
    [Test]
    public async Task AuthorityAlone_LacksTheAudienceAndNothingElse()
    {
        await using var alone = await PlainService.StartAsync(options => options.Authority = _authority, _certificate);
        await ShouldBeRefusedAsync(alone, Tokens.AccessToken, "The audience 'cleanjwt-api' is invalid");

        await using var forAnyAudience = await PlainService.StartAsync(
            options =>
            {
                options.Authority = _authority;
                options.TokenValidationParameters.ValidateAudience = false;
            },
            _certificate);
        await (await forAnyAudience.Client.AskAsync(Tokens.AccessToken, "/")).ShouldBeAsync(200);
    }

    [Test]
    public async Task AudienceInTheConfiguration_LeavesTheCodeTheAuthorityAlone()
    {
        await using var service = await PlainService.StartAsync(
            options =>
                options.Authority = _authority, _certificate, new()
                { ["Authentication:Schemes:Bearer:ValidAudience"] = "cleanjwt-api" });
        await (await service.Client.AskAsync(Tokens.AccessToken, "/")).ShouldBeAsync(200);
    }

    private void NameIssuerAndAudience(JwtBearerOptions options)
    {
        options.Authority = _authority;
        options.Audience = "cleanjwt-api";
    }

    private async Task<CleanJwtProcess> StartIssuerAsync()
    {
        const string Password = "password";
        var path = Path.Combine(_folder.Path, "certificate.pfx");
        await File.WriteAllBytesAsync(path, _certificate.Export(X509ContentType.Pfx, Password));
        var address = CleanJwtProcess.FreeAddress();
        var settings = new Dictionary<string, string?>
        {
            ["ASPNETCORE_URLS"] = $"{address};{_authority}",
            ["Jwt:AccessTokenLifetime"] = "01:00:00", // other tests may let ten minutes pass between two of these
            ["Kestrel:Certificates:Default:Path"] = path,
            ["Kestrel:Certificates:Default:Password"] = Password,
            ["Jwt:Issuer"] = _authority,
        };
        return await CleanJwtProcess.StartAsync(_folder.Path, settings, address);
    }

    private static async Task ShouldBeRefusedAsync(PlainService service, string token, string reason)
    {
        var response = await service.Client.AskAsync(token, "/");
        await response.ShouldBeAsync(401);
        Assert.That(
            response.Headers.WwwAuthenticate.ToString(),
            Is.EqualTo($"Bearer error=\"invalid_token\", error_description=\"{reason}\""));
    }
}
