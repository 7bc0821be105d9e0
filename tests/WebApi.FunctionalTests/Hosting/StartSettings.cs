using CleanJwt.Application;
using CleanJwt.Infrastructure;
using CleanJwt.WebApi.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace CleanJwt.WebApi.FunctionalTests.Hosting;

/// <summary>
/// Settings that make no sense stop the start, with one line each that names the setting. RefusedStarts starts the
/// program for some.
/// </summary>
internal sealed class StartSettings
{
    private const string Secret = "hunter2-marker";

    private static readonly TestCaseData[] BadSettings =
    [
        Bad("ForwardedHeaders:KnownProxies:0", "proxy", "an IP address, such as 10.0.0.7"),
        Bad("ForwardedHeaders:KnownNetworks:0", "10.0.0.0/99", "a network with its length, such as 10.1.0.0/16"),
        Bad("ForwardedHeaders:KnownProxies", "10.0.0.7", "a list, as ForwardedHeaders:KnownProxies:0"),
        Bad("RateLimiting:Enabled", "sometimes", "true, false"),
        Bad("RateLimiting:PermitsPerMinute", "0", "1 to 1000000"),
        Bad("RateLimiting:PermitsPerMinute", "-60", "1 to 1000000"),
        Bad("RateLimiting:PermitsPerMinute", "1000001", "1 to 1000000"),
        Bad("RateLimiting:PermitsPerMinute", "many", "1 to 1000000"),
        Bad("RateLimiting:RefreshesPerMinute", "0", "1 to 1000000"),
        Bad("Cors:AllowedOrigins", "https://app.example.com", "a list, as Cors:AllowedOrigins:0"),
        Bad("Cors:AllowedOrigins:0", "*", "an origin without a path, such as https://app.example.com"),
        Bad("Cors:AllowedOrigins:0", "null", "an origin without a path"),
        Bad("Cors:AllowedOrigins:0", "app.example.com", "an origin without a path"),
        Bad("Cors:AllowedOrigins:0", "https://app.example.com/", "an origin without a path"),
        Bad("Cors:AllowedOrigins:0", "https://app.example.com/app", "an origin without a path"),
        Bad("Cors:AllowedOrigins:0", "https://app.example.com?x=1", "an origin without a path"),
        Bad("Cors:AllowedOrigins:0", "https://app.example.com:443", "an origin without a path"),
        Bad("Cors:AllowedOrigins:0", "https://app.example.com:99999", "an origin without a path"),
        Bad("Cors:AllowedOrigins:0", "https://*.example.com", "an origin without a path"),
        Bad("Cors:AllowedOrigins:0", "https://user@app.example.com", "an origin without a path"),
        Bad("Cors:AllowedOrigins:0", "https://one.example.com,https://two.example.com", "an origin without a path"),
        Bad("Cors:AllowedOrigins:0", "ftp://app.example.com", "an origin without a path"),
        Bad("Cors:AllowedHeaders:0", "*", "the name of a request header, such as sentry-trace"),
        Bad("Cors:AllowedHeaders:0", "sentry trace", "the name of a request header"),
        Bad("Jwt:AccessTokenLifetime", "-00:10:00", "00:00:01 to 01:00:00"),
        Bad("Jwt:AccessTokenLifetime", "00:00:00", "00:00:01 to 01:00:00"),
        Bad("Jwt:AccessTokenLifetime", "01:00:01", "00:00:01 to 01:00:00"),
        Bad("Jwt:AccessTokenLifetime", "ten minutes", "00:00:01 to 01:00:00"),
        Bad("Jwt:AccessTokenLifetime", "", "00:00:01 to 01:00:00"),
        Bad("TokenCache:Size", "99", "100 to 1000000"),
        Bad("TokenCache:Size", "1000001", "100 to 1000000"),
        Bad("Jwt:SigningAlgorithm", "HS256", "ES256"),
        Bad("Jwt:SigningAlgorithm", "none", "ES256"),
        Bad("Jwt:Issuer", "auth.example.com", "http"),
        Bad("Jwt:Issuer", "ftp://auth.example.com", "http"),
        Bad("Jwt:Issuer", "https://auth.example.com/?tenant=1", "http"),
        Bad("Jwt:Issuer", "https://auth.example.com/#top", "http"),
        Bad("Jwt:Issuer", "https://auth.example.com/ x", "http"),
        Bad("Jwt:Issuer", "https://user:password@auth.example.com", "http"),
        Bad("Jwt:Audience", "", "the name of the API"),
        Bad("Sessions:IdleLifetime", "-1.00:00:00", "00:00:01 to 365.00:00:00"),
        Bad("Sessions:IdleLifetime", "99999999999.00:00:00", "00:00:01 to 365.00:00:00"),
        Bad("Sessions:AbsoluteLifetime", "3650.00:00:01", "00:00:01 to 3650.00:00:00"),
        Bad("Sessions:RefreshReuseGrace", "-00:00:01", "00:00:00 to 00:05:00"),
        Bad("Sessions:RefreshReuseGrace", "00:05:01", "00:00:00 to 00:05:00"),
        Bad("Sessions:CookieRotationInterval", "00:00:00", "00:00:01 to 01:00:00"),
        Bad("Sessions:CookieSameSite", "None", "Strict, Lax. Let a frontend on another site proxy /api"),
        Bad("Sessions:CookieSameSite", "strict", "Strict, Lax"),
        Bad("AccountPages:Enabled", "perhaps", "true, false"),
        Bad("AccountPages:Stylesheet", "/nowhere/own.css", "the path of a CSS file"),
        Bad("Database:Provider", "Oracle", "Sqlite"),
        Bad("Database:MigrateOnStart", "perhaps", "true, false"),
        Bad("Database:CommandTimeout", "00:00:00", "00:00:01 to 00:00:08"),
        Bad("Database:CommandTimeout", "00:00:09", "00:00:01 to 00:00:08"),
        Bad("Database:StartTimeout", "soon", "00:00:01 to 01:00:00"),
        Bad("Revocation:PollInterval", "00:00:00", "00:00:00.0500000 to 00:00:05"),
        Bad("Revocation:MaxStaleness", "00:01:01", "00:00:01 to 00:01:00"),
        Bad("Revocation:MaxStaleness", "00:00:01", "00:00:01.5000000 or longer"),
        Bad("Accounts:RequireConfirmedEmail", "perhaps", "true, false"),
        Bad("Mail:Transport", "Pigeon", "None, Folder, Smtp"),
        Bad("Mail:From", "nobody", "the address that mails come from, such as no-reply@example.com"),
        Bad("Mail:FromName", "", "the name of the service"),
        Bad("Mail:ConfirmLifetime", "00:00:59", "00:01:00 to 1.00:00:00"),
        Bad("Mail:ResetLifetime", "2.00:00:00", "00:01:00 to 1.00:00:00"),
        Bad("Mail:Notices:NewSignIn", "seldom", "true, false"),
        Bad("Mail:Smtp:Port", "0", "1 to 65535"),
        Bad("Mail:Smtp:Security", "StartTlsWhenAvailable", "StartTls, Tls, None"),
        Bad("Mail:Smtp:Timeout", "00:02:00", "00:00:01 to 00:01:00"),
        Bad("Mail:TemplatesPath", "nowhere", "a folder", isPrinted: false), // the whole path is printed
        Bad("Passkeys:RelyingPartyId", "example.com", "the host of Jwt:Issuer, localhost"),
        Bad("Passkeys:RelyingPartyId", "app.localhost", "the host of Jwt:Issuer, localhost"),
        Bad("Passkeys:Origins:0", "https://app.example.com/", "an origin without a path"),
        Bad("Passkeys:Origins:0", "android:apk-key-hash:x", "an origin without a path"),
        Bad("Passkeys:MaxPerAccount", "0", "1 to 100"),
        Bad("Passkeys:ChallengeLifetime", "01:00:00", "00:00:10 to 00:30:00"),
        Bad("Outbox:PollInterval", "00:00:00", "00:00:00.1000000 to 00:10:00"),
        Bad("Outbox:KeepDead", "00:00:00", "00:00:01 to 3650.00:00:00"),
        Bad("ASPNETCORE_URLS", "somewhere", "http://localhost:5080"),
        Bad("ConnectionStrings:Default", "", "'Data Source=FILE'", isPrinted: false),
        Bad(
            "ConnectionStrings:Default",
            $"Server=db;User Id=sa;Password={Secret}",
            "'Data Source=FILE'",
            isPrinted: false),
        Bad("ConnectionStrings:Default", $"Data Source=x.db;Password={Secret}", "'Data Source=FILE'", isPrinted: false),
        Bad("ConnectionStrings:Default", $"Data Source=x.db;Mode={Secret}", "'Data Source=FILE'", isPrinted: false),
        Bad("ConnectionStrings:Default", $"{Secret}", "'Data Source=FILE'", isPrinted: false),
        Bad("ConnectionStrings:Default", "Data Source=:memory:", "'Data Source=FILE'", isPrinted: false),
        Bad("ConnectionStrings:Default", "Data Source=x.db;Mode=ReadOnly", "'Data Source=FILE'", isPrinted: false),
        Bad("ConnectionStrings:Default", "Data Source=a-file/below/x.db", "a-file/below/x.db", isPrinted: false),
        Bad("ConnectionStrings:Default", "Data Source=a-folder", "a-folder", isPrinted: false),
        Bad("ConnectionStrings:Default", "Data Source=a-file", "not a database", isPrinted: false),
    ];

    [TestCaseSource(nameof(BadSettings))]
    public async Task BadSetting_StopsTheStartWithOneLineThatNamesIt(
        string key, string value, string allowed, bool isPrinted)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(
            Path.Combine(folder.Path, "a-file"), "This is a text, and a rather long one, but it is not a database.");
        Directory.CreateDirectory(Path.Combine(folder.Path, "a-folder"));
        var errors = await StartAsync(folder.Path, new() { [key] = value });
        Assert.That(errors, Has.Length.EqualTo(1));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(errors[0], Does.Contain(key).And.Contain(allowed));
            Assert.That(errors[0], isPrinted ? Does.Contain($"'{value}'") : Does.Not.Contain($"'{value}'"));
            Assert.That(errors[0], Does.Not.Contain(Secret));
        }
    }

    [Test]
    public async Task SeveralBadSettings_AreNamedALineEach()
    {
        using var folder = new TemporaryFolder();
        var errors = await StartAsync(
            folder.Path, new()
            {
                ["Jwt:AccessTokenLifetime"] = "-1",
                ["Sessions:IdleLifetime"] = "never",
                ["Database:Provider"] = "Oracle"
            });
        Assert.That(
            errors.Select(line => line.Split(' ')[0]),
            Is.EquivalentTo(["Jwt:AccessTokenLifetime", "Sessions:IdleLifetime", "Database:Provider"]));
        Assert.That(File.Exists(Path.Combine(folder.Path, "data")), Is.False);
    }

    [TestCase("Mail:Transport=Smtp", "Mail:From is not set", "Mail:Smtp:Host is not set")]
    [TestCase(
        "Mail:Transport=Smtp Mail:From=a@b.example Mail:Smtp:Host=smtp.example.com Mail:Smtp:Security=None",
        "Mail:Smtp:Security is 'None'")]
    [TestCase(
        "Mail:Transport=Smtp Mail:From=a@b.example Mail:Smtp:Host=192.0.2.1 Mail:Smtp:Security=None",
        "Mail:Smtp:Security is 'None'")]
    [TestCase(
        "Mail:Transport=Smtp Mail:From=a@b.example Mail:Smtp:Host=smtp.example.com Mail:Smtp:UserName=ada",
        "Mail:Smtp:UserName and Mail:Smtp:Password belong together")]
    [TestCase(
        "Mail:Transport=Smtp Mail:From=a@b.example Mail:Smtp:Host=smtp.example.com:587",
        "Mail:Smtp:Host is 'smtp.example.com:587'")]
    [TestCase("Mail:Transport=Smtp Mail:From=a..b@b.example Mail:Smtp:Host=mail", "Mail:From is 'a..b@b.example'")]
    [TestCase("Mail:Transport=Smtp Mail:From=a@b.example Mail:Smtp:Host=127.0.0.1 Mail:Smtp:Security=None")]
    [TestCase("Mail:Transport=Smtp Mail:From=a@b.example Mail:Smtp:Host=mail Mail:Smtp:Security=None")]
    [TestCase("Mail:Transport=None Accounts:RequireConfirmedEmail=true", "Accounts:RequireConfirmedEmail is 'True'")]
    [TestCase("Mail:Transport=Folder Accounts:RequireConfirmedEmail=true")]
    [TestCase("Frontends:0:Name=web", "Frontends:0:Url is not set")]
    [TestCase("Frontends:0:Url=https://app.example.com", "Frontends:0:Name is not set")]
    [TestCase("Frontends:0:Name=web Frontends:0:Url=https://app.example.com#x", "Frontends:0:Url is 'https://")]
    [TestCase(
        "Frontends:0:Name=web Frontends:0:Url=https://a.example Frontends:1:Name=web Frontends:1:Url=https://b.example",
        "Frontends:1:Name is 'web', which another frontend has")]
    [Category("Exhaustive")]
    public async Task SettingsOfMail_FitTogether(string settings, params string[] expected)
    {
        using var folder = new TemporaryFolder();
        var errors = await StartAsync(
            folder.Path, settings.Split(' ').Select(one => one.Split('=', 2)).ToDictionary(
                one => one[0], one => (string?)one[1]));
        Assert.That(errors, Has.Length.EqualTo(expected.Length), string.Join('\n', errors));
        foreach (var text in expected)
        {
            Assert.That(errors, Has.One.StartsWith(text));
        }
    }

    [TestCase("Mail:Smtp:Hots", "Mail:Smtp:Host")]
    [TestCase("Mail:Notice:NewSignIn", "Mail:Notices:NewSignIn")]
    [TestCase("Frontends:0:Adress", "Frontends:0:Name")]
    [TestCase("Jwt:AccesTokenLifetime", "Jwt:AccessTokenLifetime")]
    [TestCase("Jwt:KeyFile:0", "Jwt:KeyFiles:0")]
    [TestCase("Admin:Mail", "Admin:Email")]
    [TestCase("KeyProtection:CertificatPath", "KeyProtection:CertificatePath")]
    [TestCase("Clients:0:Secrets", "Clients:0:Secret")]
    [TestCase("sessions:idlelifetimes", "Sessions:IdleLifetime")]
    public async Task KeyThatNothingReads_StopsTheStartAndNamesTheNearest(string key, string nearest)
    {
        using var folder = new TemporaryFolder();
        var errors = await StartAsync(folder.Path, new() { [key] = Secret });
        Assert.That(errors, Has.Length.EqualTo(1));
        Assert.That(
            errors[0], Is.EqualTo($"{key} is set, and nothing reads it; the nearest key is {nearest}.").IgnoreCase);
    }

    [Test]
    public async Task KeysOfOtherSections_AreNotTheServicesBusiness()
    {
        using var folder = new TemporaryFolder();
        Dictionary<string, string?> settings = new()
        {
            ["Shop:Currency"] = "EUR",
            ["JWT:AUDIENCE"] = "shop",
            ["Admin"] = "a variable of the shell that has the name of a section",
            ["Clients"] = "", // an empty list in a JSON file
        };
        Assert.That(await StartAsync(folder.Path, settings), Is.Empty);
    }

    [Test]
    public async Task EmptyListInTheSettingsFile_IsNone()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(
            Path.Combine(folder.Path, "appsettings.json"),
            """{ "Cors": { "AllowedOrigins": [] }, "ForwardedHeaders": { "KnownProxies": [], "KnownNetworks": [] }, "Jwt": { "KeyFiles": [] } }""");
        Assert.That(await StartAsync(folder.Path, []), Is.Empty);
    }

    [TestCase("example.com", "https://auth.example.com", true)]
    [TestCase("auth.example.com", "https://auth.example.com", true)]
    [TestCase("com", "https://example.com", false)]
    [TestCase("ample.com", "https://auth.example.com", false)]
    [TestCase("Example.com", "https://auth.example.com", false)]
    public async Task DomainOfPasskeys_IsTheIssuersHostOrAboveIt(string domain, string issuer, bool fits)
    {
        using var folder = new TemporaryFolder();
        var errors = await StartAsync(
            folder.Path, new() { ["Passkeys:RelyingPartyId"] = domain, ["Jwt:Issuer"] = issuer });
        Assert.That(errors, fits ? Is.Empty : Has.Length.EqualTo(1).And.One.StartsWith("Passkeys:RelyingPartyId is"));
    }

    private static IEnumerable<TestCaseData> BadClients()
    {
        yield return Clients("NoId", [("0:Secret", Secret)], "Clients:0:Id is not set; allowed: ");
        yield return Clients("EmptyId", [("0:Id", ""), ("0:Secret", Secret)], "Clients:0:Id is not set; allowed: ");
        yield return Clients("NoSecret", [("0:Id", "reports")], "Clients:0:Secret is not set; allowed: ");
        yield return Clients(
            "EmptySecret", [("0:Id", "reports"), ("0:Secret", "")], "Clients:0:Secret is not set; allowed: ");
        yield return Clients(
            "IdTwice",
            [("0:Id", "reports"), ("0:Secret", Secret), ("1:Id", "billing"), ("1:Secret", Secret), ("2:Id", "reports"),
            ("2:Secret", Secret)],
            "Clients:2:Id is 'reports', which another client has; allowed: ");
        yield return Clients(
            "IdTwiceAndNoSecrets",
            [("0:Id", "reports"), ("1:Id", "reports")],
            "Clients:0:Secret is not set", "Clients:1:Id is 'reports'", "Clients:1:Secret is not set");
    }

    [TestCaseSource(nameof(BadClients))]
    public async Task BadClient_StopsTheStartAndItsSecretIsNotPrinted(
        Dictionary<string, string?> settings, string[] lines)
    {
        using var folder = new TemporaryFolder();
        var errors = await StartAsync(folder.Path, settings);
        Assert.That(errors, Has.Length.EqualTo(lines.Length));
        using (Assert.EnterMultipleScope())
        {
            foreach (var (said, line) in errors.Zip(lines))
            {
                Assert.That(said, Does.StartWith(line).And.Not.Contain(Secret));
            }
        }
    }

    [Test]
    public async Task UnsetIssuerOutsideDevelopment_StopsTheStartAndASetOneDoesNot()
    {
        using var folder = new TemporaryFolder();
        var without = await StartAsync(folder.Path, [], environment: "Production");
        Assert.That(without, Has.Length.EqualTo(1));
        Assert.That(without[0], Does.StartWith("Jwt:Issuer is not set"));
        Assert.That(await StartAsync(
            folder.Path, new() { ["Jwt:Issuer"] = "https://auth.example.com" }, environment: "Production"), Is.Empty);
    }

    [Test]
    public async Task WithoutMigratingAtTheStart_AMissingDatabaseStopsIt()
    {
        using var folder = new TemporaryFolder();
        Assert.That(
            await StartAsync(folder.Path, new() { ["Database:MigrateOnStart"] = "false" }), Has.Length.EqualTo(1));
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path), Is.Empty);
    }

    /// <summary>Starts the service as Program does, over a folder, and stops it again once it is ready.</summary>
    /// <returns>The lines that Program would print on standard error; none where the service started.</returns>
    private static async Task<string[]> StartAsync(
        string folder, Dictionary<string, string?> settings, string environment = "Development")
    {
        try
        {
            var builder = WebApplication.CreateBuilder(new WebApplicationOptions
            {
                ApplicationName = typeof(Program).Assembly.GetName().Name,
                ContentRootPath = folder,
                EnvironmentName = environment,
            });
            builder.Logging.ClearProviders();
            builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(
                setting.Key == "ASPNETCORE_URLS" ? WebHostDefaults.ServerUrlsKey
                    : setting.Key, setting.Value))); // as the host reads the variable
            builder.WebHost.UseTestServer();
            builder.AddWebApi();
            builder.Services.AddApplication();
            builder.Services.AddInfrastructure(builder.Environment, builder.Configuration);
            await using var app = builder.Build();
            await app.Services.PrepareAsync();
            app.UseWebApi();
            await app.StartAsync();
            await (await app.GetTestClient().GetAsync("/health/ready")).ShouldBeAsync(200);
            await app.StopAsync();
            return [];
        }
        catch (Exception exception) when (StartFailure.Describe(exception) is { } reason)
        {
            return reason.Split(Environment.NewLine);
        }
    }

    private static TestCaseData Clients(string name, (string Key, string Value)[] settings, params string[] lines) =>
        new TestCaseData(settings.ToDictionary(
            setting => $"Clients:{setting.Key}", string? (setting) => setting.Value), lines).SetArgDisplayNames(name);

    private static TestCaseData Bad(string key, string value, string allowed, bool isPrinted = true) =>
        new TestCaseData(key, value, allowed, isPrinted).SetArgDisplayNames(key, value);
}
