using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CleanJwt.ProcessTests.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Data.Sqlite;

namespace CleanJwt.ProcessTests.Clients;

/// <summary>
/// A thief has a copy of the database of a running service, but not its keys. The service accepts no token that the
/// thief makes from it. With the keys it accepts the same tokens, which shows that the forgeries are right.
/// </summary>
[TestFixture(false, TestName = "StolenDatabase, its keys beside it")]
[TestFixture(true, TestName = "StolenDatabase, its keys in it under a certificate")]
[FixtureLifeCycle(LifeCycle.SingleInstance)]
[Platform(Exclude = "Win", Reason = "processes are signalled with kill")]
internal sealed class StolenDatabase(bool underCertificate)
{
    private const string CertificatePassword = "a password of the owner's";

    private readonly TemporaryFolder _owners = new();
    private readonly TemporaryFolder _thiefs = new();
    private X509Certificate2? _certificate;
    private ServiceNode? _service;
    private TokenPair? _victim;

    private ServiceNode Service => _service!;

    private TokenPair Victim => _victim!;

    private string StolenPath => Path.Combine(_thiefs.Path, "stolen.db");

    [OneTimeSetUp]
    public async Task StealAsync()
    {
        var settings = new Dictionary<string,
        string?>
        { ["Jwt:AccessTokenLifetime"] = "01:00:00" }; // other tests may let ten minutes pass between two of these
        if (underCertificate)
        {
            using var key = RSA.Create(2048);
            _certificate = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            var path = Path.Combine(_owners.Path, "service.pfx");
            await File.WriteAllBytesAsync(path, _certificate.Export(X509ContentType.Pfx, CertificatePassword));
            settings["KeyProtection:CertificatePath"] = path;
            settings["KeyProtection:CertificatePassword"] = CertificatePassword;
        }

        _service = await ServiceNode.StartAsync(_owners.Path, settings);
        _victim = await Service.Client.LoginAsync();
        using var database = new SqliteConnection(
            $"Data Source={ServiceNode.DatabasePathIn(_owners.Path)};Pooling=False");
        using var copy = new SqliteConnection($"Data Source={StolenPath};Pooling=False");
        database.Open();
        copy.Open();
        database.BackupDatabase(copy);
    }

    [OneTimeTearDown]
    public async Task CleanUpAsync()
    {
        await (_service?.DisposeAsync() ?? default);
        _certificate?.Dispose();
        _owners.Dispose();
        _thiefs.Dispose();
    }

    [Test]
    public async Task SecondInstance_DoesNotStartWithIt()
    {
        using var folder = FolderWithTheCopy();
        await using var second = CleanJwtProcess.Launch(folder.Path);
        Assert.That(await second.WaitForExitAsync(), Is.EqualTo(1), second.Output);
        Assert.That(second.Errors, Has.Length.EqualTo(1), second.Output);
        Assert.That(second.Errors[0], Does.Contain("can't be decrypted").And.Contain(KeyFolderIn(folder)));
    }

    [Test]
    public void KeysInIt_ReadAndSignNothing()
    {
        var protection = ServiceKey.DataProtectionOf(KeysIn(StolenPath));
        Assert.That(() => new ServiceKey(StolenPath, protection), Throws.InstanceOf<CryptographicException>());
    }

    [Test]
    public async Task ForgedRefreshToken_IsRefused()
    {
        var forged = ForgeRefreshToken(ServiceKey.DataProtectionOf(KeysIn(StolenPath)));
        await (await Service.Client.RefreshAsync(forged)).ShouldBeProblemAsync(401, "invalid-refresh-token");
    }

    [Test]
    public async Task ForgedAccessToken_IsRefused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signedPart = Victim.AccessToken[..Victim.AccessToken.LastIndexOf('.')];
        var signature = Base64Url.EncodeToString(
            key.SignData(System.Text.Encoding.ASCII.GetBytes(signedPart), HashAlgorithmName.SHA256));
        await (await Service.Client.AskAsync($"{signedPart}.{signature}")).ShouldBeProblemAsync(401, "invalid-token");
    }

    [Test]
    public void SecretKeys_AreNowhereInTheFile()
    {
        using var key = new ServiceKey(ServiceNode.DatabasePathIn(_owners.Path), OwnersDataProtection());
        var secret = key.PrivateParameters.D!;
        var file = File.ReadAllBytes(StolenPath);
        Assert.That(file.AsSpan().IndexOf(secret), Is.Negative);
        Assert.That(
            file.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(secret))), Is.Negative);
        Assert.That(file.AsSpan().IndexOf("<masterKey"u8), Is.Negative);
        Assert.That(
            file.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(key.KeyId)), Is.Positive, "it is the right file");
    }

    [Test]
    public async Task InstanceMadeToStart_IssuesNothingThatTheFirstAccepts()
    {
        const string Email = "thief@example.com";
        using var folder = FolderWithTheCopy();
        var (ended, added) = (
            await ServiceNode.RunAsync(folder.Path, "sessions", "end-all"),
            await ServiceNode.RunWithInputAsync(folder.Path, $"{TestAccounts.Password}\n", "admin", "add", Email));
        Assert.That((ended.ExitCode, added.ExitCode), Is.EqualTo((0, 0)), ended.Errors + added.Errors);
        Execute(
            ServiceNode.DatabasePathIn(folder.Path),
            "UPDATE Sessions SET EndedAt = NULL, EndReason = NULL; DELETE FROM Revocations");
        await using var second = await ServiceNode.StartAsync(folder.Path);

        var thief = await second.Client.LoginAsync(Email);
        var forged = ForgeRefreshToken(ServiceKey.DataProtectionOf(KeyFolderIn(folder)));
        var revived = await second.Client.RefreshAsync(forged);
        await revived.ShouldBeAsync(200);
        foreach (var token in new[] { thief.AccessToken, TokenPair.From(await revived.JsonAsync()).AccessToken })
        {
            await (await second.Client.AskAsync(token)).ShouldBeAsync(200);
            await (await Service.Client.AskAsync(token)).ShouldBeProblemAsync(401, "invalid-token");
        }

        foreach (var token in new[] { thief.RefreshToken, forged })
        {
            await (await Service.Client.RefreshAsync(token)).ShouldBeProblemAsync(401, "invalid-refresh-token");
        }
    }

    /// <summary>What is missing above is the keys, and nothing else.</summary>
    [Test]
    public async Task WithTheOwnersKeys_TheSameForgeriesPass()
    {
        using var key = new ServiceKey(ServiceNode.DatabasePathIn(_owners.Path), OwnersDataProtection());
        var access = key.Resign(Victim.AccessToken, payload: claims => claims["jti"] = "forged");
        await (await Service.Client.AskAsync(access)).ShouldBeAsync(200);
        await (await Service.Client.RefreshAsync(ForgeRefreshToken(OwnersDataProtection()))).ShouldBeAsync(200);
    }

    private static string KeyFolderIn(TemporaryFolder folder) => Path.Combine(folder.Path, "data", "keys");

    private TemporaryFolder FolderWithTheCopy()
    {
        var folder = new TemporaryFolder();
        var path = ServiceNode.DatabasePathIn(folder.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Copy(StolenPath, path);
        return folder;
    }

    /// <summary>As the service writes them, for the victim's session.</summary>
    private string ForgeRefreshToken(IDataProtectionProvider dataProtection)
    {
        var payload = new byte[20];
        Guid.Parse(Victim.SessionId).TryWriteBytes(payload, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(payload.AsSpan(16), 1);
        return Base64Url.EncodeToString(dataProtection.CreateProtector("CleanJwt.RefreshToken.v1").Protect(payload));
    }

    private IDataProtectionProvider OwnersDataProtection() => underCertificate
        ? ServiceKey.DataProtectionOf(KeysIn(ServiceNode.DatabasePathIn(_owners.Path)), _certificate)
        : ServiceKey.DataProtectionOf(KeyFolderIn(_owners));

    /// <returns>A folder with the Data Protection keys of a database, which may be none.</returns>
    private string KeysIn(string databasePath)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_thiefs.Path, Guid.NewGuid().ToString("N"))).FullName;
        using var connection = new SqliteConnection($"Data Source={databasePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT FriendlyName, Xml FROM DataProtectionKeys";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            File.WriteAllText(Path.Combine(folder, reader.GetString(0) + ".xml"), reader.GetString(1));
        }

        return folder;
    }

    private static void Execute(string databasePath, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={databasePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
