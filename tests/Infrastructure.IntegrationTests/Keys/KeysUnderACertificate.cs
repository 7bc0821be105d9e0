using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CleanJwt.Application.Ports;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Keys;
using CleanJwt.Infrastructure.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;

namespace CleanJwt.Infrastructure.IntegrationTests.Keys;

/// <summary>Data Protection keys in the database, encrypted under a certificate outside it.</summary>
[OnDatabases]
[Category("Exhaustive")]
internal sealed class KeysUnderACertificate(DatabaseKind kind)
{
    private const string Password = "hunter2-marker";

    private readonly TestDatabase _database = new(kind);

    [TearDown]
    public void DeleteFolder() => _database.Dispose();

    [Test]
    public async Task Keys_AreInTheDatabaseAndEncryptedThere()
    {
        await using var node = await Node.StartAsync(_database, Settings(WriteCertificate("service.pfx")));
        Assert.That(node.Sql("SELECT count(*) FROM DataProtectionKeys"), Is.EqualTo(1));
        var xml = (string)node.Sql("SELECT Xml FROM DataProtectionKeys")!;
        Assert.That(xml, Does.Contain("<encryptedSecret").And.Contain("<EncryptedKey").And.Not.Contain("masterKey"));
        Assert.That(Directory.Exists(node.KeyFolder), Is.False);
    }

    [Test]
    public async Task SeveralFirstStartsAtOnce_MakeOneOfEverything()
    {
        var settings = Settings(WriteCertificate("service.pfx"));
        var nodes = Enumerable.Range(0, 4).Select(_ => new Node(_database, settings)).ToArray();
        await Task.WhenAll(nodes.Select(node => Task.Run(node.PrepareAsync)));
        var token = nodes[0].Get<IRefreshTokenService>().Write(new RefreshToken(Guid.NewGuid(), 1));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(nodes[0].Sql("SELECT count(*) FROM DataProtectionKeys"), Is.EqualTo(1));
            Assert.That(nodes[0].Sql("SELECT count(*) FROM SigningKeys"), Is.EqualTo(1));
            Assert.That(nodes.Select(node => node.Get<IRefreshTokenService>().TryRead(token, out _)), Is.All.True);
        }

        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }
    }

    [Test]
    public async Task CertificateThatHasExpired_StillReads()
    {
        var settings = Settings(WriteCertificate("service.pfx", until: DateTimeOffset.UtcNow.AddDays(-1)));
        string token;
        await using (var first = await Node.StartAsync(_database, settings))
        {
            token = first.Get<IRefreshTokenService>().Write(new RefreshToken(Guid.NewGuid(), 1));
        }

        await using var second = await Node.StartAsync(_database, settings);
        Assert.That(second.Get<IRefreshTokenService>().TryRead(token, out _));
    }

    [Test]
    public async Task AnotherCertificate_StopsTheStartAndMakesNothing()
    {
        var before = await FirstStartAsync();
        await using var node = new Node(_database, Settings(WriteCertificate("other.pfx")));
        Assert.That(node.PrepareAsync, ThrowsOneLine("under a certificate other than"));
        Assert.That(await ContentsAsync(node), Is.EqualTo(before));
    }

    [Test]
    public async Task NoCertificateAnyMore_StopsTheStartAndMakesNothing()
    {
        var before = await FirstStartAsync();
        await using var node = new Node(_database);
        Assert.That(node.PrepareAsync, ThrowsOneLine(node.KeyFolder));
        Assert.That(await ContentsAsync(node), Is.EqualTo(before));
        Assert.That(Directory.EnumerateFiles(node.KeyFolder), Is.Empty);
    }

    [Test]
    public async Task CertificateWhereThereWereFiles_StopsTheStartAndMakesNothing()
    {
        await using (await Node.StartAsync(_database))
        {
        }

        await using var node = new Node(_database, Settings(WriteCertificate("service.pfx")));
        Assert.That(node.PrepareAsync, ThrowsOneLine("not in the database"));
        Assert.That(node.Sql("SELECT count(*) FROM DataProtectionKeys"), Is.EqualTo(0));
    }

    [Test]
    public async Task EndingAllSessions_MakesNewKeysWhereTheOldAreLost()
    {
        await FirstStartAsync();
        var settings = Settings(WriteCertificate("other.pfx"));
        await using (var command = new Node(_database, settings))
        {
            command.Sql("DELETE FROM DataProtectionKeys");
            await command.EndAllSessionsAsync();
        }

        await using var node = await Node.StartAsync(_database, settings);
        Assert.That(node.Sql("SELECT count(*) FROM DataProtectionKeys"), Is.EqualTo(1));
    }

    [Test]
    public async Task EndingAllSessions_UnderAnotherCertificateIsEnoughToStartAgain()
    {
        await FirstStartAsync();
        var settings = Settings(WriteCertificate("other.pfx"));
        await using (var command = new Node(_database, settings))
        {
            await command.EndAllSessionsAsync();
        }

        await using var node = await Node.StartAsync(_database, settings);
        var token = node.Get<IRefreshTokenService>().Write(new RefreshToken(Guid.NewGuid(), 1));
        Assert.That(node.Get<IRefreshTokenService>().TryRead(token, out _));
    }

    [TestCase("missing.pfx", Password)]
    [TestCase("service.pfx", "wrong")]
    [TestCase("service.pfx", null)]
    [TestCase("elliptic.pfx", Password)]
    [TestCase("public.cer", null)]
    [TestCase("text.pfx", Password)]
    [TestCase("a-folder", Password)]
    public void BadCertificate_StopsTheStartWithALine(string file, string? password)
    {
        WriteCertificate("service.pfx");
        using var ecdsa = ECDsa.Create();
        using var elliptic = new CertificateRequest("CN=test", ecdsa, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllBytes(PathOf("elliptic.pfx"), elliptic.Export(X509ContentType.Pfx, Password));
        File.WriteAllBytes(PathOf("public.cer"), elliptic.Export(X509ContentType.Cert));
        File.WriteAllText(PathOf("text.pfx"), "This is no certificate.");
        Directory.CreateDirectory(PathOf("a-folder"));

        Assert.That(
            () => new Node(_database, Settings(file, password)),
            ThrowsOneLine($"KeyProtection:CertificatePath is '{file}'; allowed: a PKCS #12 file")
                .And.Message.Not.Contains(Password));
    }

    [TestCase("Production", null, true)]
    [TestCase("Staging", "", true)]
    [TestCase("Development", null, false)]
    public void SqlServerWithoutOne_StopsTheStartOutsideDevelopment(string environment, string? path, bool stops)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Database:Provider"] = "SqlServer",
            ["KeyProtection:CertificatePath"] = path,
        }).Build();
        var host = new HostingEnvironment { EnvironmentName = environment, ContentRootPath = _database.Folder };
        Assert.That(
            () => KeyProtection.LoadCertificate(configuration, host),
            stops ? ThrowsOneLine(
                "KeyProtection:CertificatePath is not set, and Database:Provider is 'SqlServer'") : Is.Null);
    }

    private static NUnit.Framework.Constraints.ContainsConstraint ThrowsOneLine(string naming) =>
        Throws.TypeOf<StartException>().With.Message.Not.Contains("\n").And.Message.Contains(naming);

    private static Dictionary<string, string?> Settings(string file, string? password = Password) =>
        new() { ["KeyProtection:CertificatePath"] = file, ["KeyProtection:CertificatePassword"] = password };

    private static Task<string> ContentsAsync(Node node) => node.WithDatabaseAsync(async db =>
    {
        var keys = await db.SigningKeys.OrderBy(key => key.Sequence).ToListAsync();
        var dataProtectionKeys = await db.DataProtectionKeys.OrderBy(
            key => key.Id).Select(key => key.Xml).ToListAsync();
        return string.Join(
            '\n',
            [.. keys.Select(key => key.KeyId + Convert.ToHexString(key.ProtectedPrivateKey)), .. dataProtectionKeys]);
    });

    private async Task<string> FirstStartAsync()
    {
        await using var node = await Node.StartAsync(_database, Settings(WriteCertificate("service.pfx")));
        return await ContentsAsync(node);
    }

    private string PathOf(string file) => Path.Combine(_database.Folder, file);

    private string WriteCertificate(string file, DateTimeOffset? until = null)
    {
        using var rsa = RSA.Create(2048);
        var end = until ?? DateTimeOffset.UtcNow.AddYears(1);
        using var certificate = new CertificateRequest(
            "CN=test", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                .CreateSelfSigned(end.AddYears(-1), end);
        File.WriteAllBytes(PathOf(file), certificate.Export(X509ContentType.Pfx, Password));
        return file; // a relative path counts from the content root
    }
}
