using System.Security.Cryptography;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Keys;
using CleanJwt.Infrastructure.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.IdentityModel.JsonWebTokens;

namespace CleanJwt.Infrastructure.IntegrationTests.Keys;

/// <summary>Signing keys in files of the operator, in the formats that openssl and other tools write.</summary>
[Category("Exhaustive")]
internal sealed class OperatorKeyFiles
{
    private const string Password = "hunter2-marker";

    // 'openssl ecparam -genkey' writes this before the key: the name of the curve P-256.
    private const string CurveParameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";

    // openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit
    private const string ExplicitCurve =
        """
        -----BEGIN PRIVATE KEY-----
        MIIBeQIBADCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAAB
        AAAAAAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA
        ///////////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMV
        AMSdNgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg
        9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8A
        AAAA//////////+85vqtpxeehPO5ysL8YyVRAgEBBG0wawIBAQQgoYy8w6ybYzsR
        Z9yQYXhyIFWNtPt7sKMXLejlWEdFAaChRANCAAS+CnkQwCtCtQlUWs1c+Uro5yKs
        Y2AoC/NWCGOFl//p+yLjNBm52QzrNkj4q03yuu5EAd0HXXecZRpNgPe8fcE/
        -----END PRIVATE KEY-----
        """;

    private static readonly TestCaseData[] GoodFiles =
    [
        Good("ES256 as PKCS #8", "ES256", ECDsaOn(ECCurve.NamedCurves.nistP256).ExportPkcs8PrivateKeyPem()),
        Good("ES256 as SEC 1", "ES256", ECDsaOn(ECCurve.NamedCurves.nistP256).ExportECPrivateKeyPem()),
        Good(
            "ES256 after its parameters",
            "ES256",
            CurveParameters + ECDsaOn(ECCurve.NamedCurves.nistP256).ExportECPrivateKeyPem()),
        Good("ES384", "ES384", ECDsaOn(ECCurve.NamedCurves.nistP384).ExportPkcs8PrivateKeyPem()),
        Good("RS256 as PKCS #8", "RS256", RSA.Create(2048).ExportPkcs8PrivateKeyPem()),
        Good("RS256 as PKCS #1", "RS256", RSA.Create(3072).ExportRSAPrivateKeyPem()),
        Good(
            "RS256 whatever else the setting names",
            "RS256",
            RSA.Create(2048).ExportPkcs8PrivateKeyPem(),
            setting: "ES384"),
        Good("PS256", "PS256", RSA.Create(2048).ExportPkcs8PrivateKeyPem(), setting: "PS256"),
    ];

    private static readonly TestCaseData[] BadFiles =
    [
        Bad("nothing", ""),
        Bad("no PEM", "This is not a key."),
        Bad("a public key", ECDsaOn(ECCurve.NamedCurves.nistP256).ExportSubjectPublicKeyInfoPem()),
        Bad("a curve that no algorithm here is for", ECDsaOn(ECCurve.NamedCurves.nistP521).ExportPkcs8PrivateKeyPem()),
        Bad("a curve by its parameters", ExplicitCurve),
        Bad("RSA of 1024 bits", RSA.Create(1024).ExportPkcs8PrivateKeyPem()),
        Bad("a broken key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
        Bad("an encrypted key", ECDsaOn(ECCurve.NamedCurves.nistP256).ExportEncryptedPkcs8PrivateKeyPem(
            Password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000))),
        Bad("two keys", ECDsaOn(ECCurve.NamedCurves.nistP256).ExportPkcs8PrivateKeyPem() + "\n"
            + ECDsaOn(ECCurve.NamedCurves.nistP256).ExportPkcs8PrivateKeyPem()),
    ];

    [TestCaseSource(nameof(GoodFiles))]
    public async Task GoodFile_SignsAndVerifies(string algorithm, string pem, string setting)
    {
        using var folder = new TemporaryFolder();
        await using var node = await Node.StartAsync(
            folder.Path, Settings([Write(folder, "signing.pem", pem)], setting));
        var token = Issue(node);
        Assert.That(new JsonWebToken(token).Alg, Is.EqualTo(algorithm));
        Assert.That((await ReadAsync(node, token)).IsSuccess);
        Assert.That(
            node.Get<IIssuerMetadata>().PublicKeys.Select(key => key.Algorithm), Is.EqualTo(new[] { algorithm }));
    }

    [Test]
    public async Task First_SignsAndAllVerify()
    {
        using var folder = new TemporaryFolder();
        string[] files = [Write(folder, "new.pem", NewPem()), Write(folder, "old.pem", NewPem())];
        await using var before = await Node.StartAsync(folder.Path, Settings([files[1]]));
        var old = Issue(before);

        await using var node = await Node.StartAsync(folder.Path, Settings(files));
        var issued = Issue(node);
        Assert.That((await ReadAsync(node, old)).IsSuccess);
        Assert.That((await ReadAsync(node, issued)).IsSuccess);
        Assert.That(
            node.Get<IIssuerMetadata>().PublicKeys.Select(key => key.KeyId), Is.EqualTo(
                new[] { KeyIdOf(issued), KeyIdOf(old) }));
        Assert.That((await ReadAsync(before, issued)).IsSuccess, Is.False, "this one does not know it");
    }

    [Test]
    public async Task Service_MakesAndRotatesNothing()
    {
        using var folder = new TemporaryFolder();
        await using var node = await Node.StartAsync(folder.Path, Settings([Write(folder, "signing.pem", NewPem())]));
        var before = KeyIdOf(Issue(node));
        node.Time.Advance(TimeSpan.FromDays(365));
        var rotation = node.Get<IEnumerable<IHostedService>>().OfType<KeyRotation>().Single();
        await rotation.StartAsync(default);
        await rotation.ExecuteTask!;
        Assert.That(node.Sql("SELECT count(*) FROM SigningKeys"), Is.EqualTo(0));
        Assert.That(KeyIdOf(Issue(node)), Is.EqualTo(before));
        Assert.That(node.Get<SigningKeyAdministration>().AreFiles);
    }

    [Test]
    public async Task KeysOfTheDatabase_GiveWayAndComeBack()
    {
        using var folder = new TemporaryFolder();
        var own = await Node.StartAsync(folder.Path);
        var token = Issue(own);
        await own.DisposeAsync();

        var files = await Node.StartAsync(folder.Path, Settings([Write(folder, "signing.pem", NewPem())]));
        Assert.That((await ReadAsync(files, token)).IsSuccess, Is.False);
        Assert.That(files.Sql("SELECT count(*) FROM SigningKeys"), Is.EqualTo(1), "left as they are");
        await files.DisposeAsync();

        await using var again = await Node.StartAsync(folder.Path);
        Assert.That((await ReadAsync(again, token)).IsSuccess);
    }

    [TestCaseSource(nameof(BadFiles))]
    public async Task BadFile_StopsTheStartWithALine(string pem)
    {
        using var folder = new TemporaryFolder();
        var path = Write(folder, "signing.pem", pem);
        await using var node = new Node(folder.Path, Settings([Write(folder, "good.pem", NewPem()), path]));
        Assert.That(node.PrepareAsync,
            Throws.TypeOf<StartException>().With.Message.StartsWith($"Jwt:KeyFiles:1 is '{path}'; allowed: a PEM file")
            .And.Message.Not.Contains("\n").And.Message.Not.Contains(Password));
    }

    [TestCase("missing.pem", "which can't be read")]
    [TestCase("", "which can't be read")]
    [TestCase("a\0b", "which can't be read")]
    public async Task UnreadableFile_StopsTheStartWithALine(string path, string reason)
    {
        using var folder = new TemporaryFolder();
        await using var node = new Node(folder.Path, Settings([path]));
        Assert.That(node.PrepareAsync,
            Throws.TypeOf<StartException>().With.Message.StartsWith($"Jwt:KeyFiles:0 is '{path}', {reason}")
            .And.Message.Not.Contains("\n"));
    }

    [Test]
    public async Task SameKeyTwice_StopsTheStartWithALine()
    {
        using var folder = new TemporaryFolder();
        var pem = NewPem();
        await using var node = new Node(
            folder.Path, Settings(
                [Write(folder, "one.pem", pem), Write(folder, "two.pem", NewPem()), Write(folder, "three.pem", pem)]));
        Assert.That(node.PrepareAsync, Throws.TypeOf<StartException>().With.Message.EqualTo(
            "Jwt:KeyFiles:2 is 'three.pem', which holds the key of Jwt:KeyFiles:0; allowed: each key once."));
    }

    private static string Issue(Node node)
    {
        var now = node.Time.GetUtcNow();
        var session = new Session
        {
            Id = Guid.NewGuid(),
            AccountId = Guid.NewGuid(),
            CreatedAt = now,
            LastSeenAt = now,
            ExpiresAt = now.AddDays(14),
            AuthTime = now,
            Amr = "pwd",
            Scope = ScopeSet.AllowedFor([]),
        };
        return node.Get<IAccessTokenService>().Issue(session, [], session.Scope, now).Token;
    }

    private static ValueTask<Domain.Results.Result<AccessToken>> ReadAsync(Node node, string token) =>
        node.Get<IAccessTokenService>().ReadAsync(token, default);

    private static string KeyIdOf(string token) => new JsonWebToken(token).Kid;

    private static string Write(TemporaryFolder folder, string name, string pem)
    {
        File.WriteAllText(Path.Combine(folder.Path, name), pem);
        return name; // a relative path counts from the content root
    }

    private static Dictionary<string, string?> Settings(string[] files, string algorithm = "ES256") => new(
        files.Select((file, index) => KeyValuePair.Create($"Jwt:KeyFiles:{index}", (string?)file)).Append(
            new("Jwt:SigningAlgorithm", algorithm)));

    private static string NewPem() => ECDsaOn(ECCurve.NamedCurves.nistP256).ExportPkcs8PrivateKeyPem();

    private static ECDsa ECDsaOn(ECCurve curve) => ECDsa.Create(curve);

    private static TestCaseData Good(string name, string algorithm, string pem, string setting = "ES256") =>
        new TestCaseData(algorithm, pem, setting).SetArgDisplayNames(name);

    private static TestCaseData Bad(string name, string pem) => new TestCaseData(pem).SetArgDisplayNames(name);
}
