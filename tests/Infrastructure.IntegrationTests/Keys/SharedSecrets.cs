using System.Security.Cryptography;
using CleanJwt.Application.Callers;
using CleanJwt.Domain.Accounts;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Passwords.Throttle;
using CleanJwt.Infrastructure.SecondFactors;
using CleanJwt.Infrastructure.Settings;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.Infrastructure.IntegrationTests.Keys;

/// <summary>The secret behind the keys of password attempts. It is created once, and never replaced silently.</summary>
internal sealed class SharedSecrets
{
    private static readonly EmailAddress Ada = EmailAddress.Parse("ada@example.com");

    private readonly TemporaryFolder _folder = new();

    [TearDown]
    public void Delete() => _folder.Dispose();

    [Test]
    public async Task Restart_FindsTheSame()
    {
        var before = await KeyAsync();
        Assert.That(await KeyAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task RenamedApplication_IsToldTheNameThatTheSecretsWereMadeFor()
    {
        await KeyAsync();
        await using var renamed = new Node(
            _folder.Path, configure: services => services.PostConfigure<DataProtectionOptions>(
                options => options.ApplicationDiscriminator = "Shop"));
        Assert.That(
            renamed.PrepareAsync,
            Throws.TypeOf<StartException>().With.Message.StartsWith(
                "The database's keys and secrets were made for the application name 'CleanJwt', and this application is "
                + "named 'Shop'"));

        await renamed.EndAllSessionsAsync();
        await renamed.PrepareAsync();
    }

    [Test]
    public async Task DatabaseThatHasNone_GetsOne()
    {
        var before = await KeyAsync();
        SqliteScript.Scalar(Node.DatabasePathIn(_folder.Path), "DELETE FROM Secrets");
        Assert.That(await KeyAsync(), Is.Not.EqualTo(before));
        Assert.That(SqliteScript.Scalar(
            Node.DatabasePathIn(_folder.Path), "SELECT COUNT(*) FROM Secrets WHERE Name = 'password-attempts'"),
            Is.EqualTo(1));
    }

    [Test]
    public async Task DatabaseThatHasNoneAndMayNotBeMigrated_DoesNotStart()
    {
        await KeyAsync();
        SqliteScript.Scalar(Node.DatabasePathIn(_folder.Path), "DELETE FROM Secrets");
        await using var node = new Node(_folder.Path, new() { ["Database:MigrateOnStart"] = "false" });
        Assert.That(
            node.PrepareAsync, Throws.InstanceOf<StartException>().With.Message.Contains("run the command 'migrate'"));
    }

    [TestCase(true, "SELECT ProtectedValue FROM Secrets WHERE Name = 'password-attempts'")]
    [TestCase(false, "SELECT ProtectedValue FROM Secrets WHERE Name = 'password-attempts'")]
    public async Task WithoutItsKeyStore_NothingStartsAndNothingIsMadeAnew(bool keyFiles, string secret)
    {
        var settings = keyFiles ? SettingsWithAKeyFile() : null;
        await KeyAsync(settings);
        var before = SqliteScript.Scalar(Node.DatabasePathIn(_folder.Path), secret);
        Directory.Delete(Path.Combine(_folder.Path, "data", "keys"), recursive: true);
        await using (var node = new Node(_folder.Path, settings))
        {
            Assert.That(
                node.PrepareAsync,
                Throws.InstanceOf<StartException>().With.Message.Contains("can't be decrypted")
                    .And.Message.Contains(node.KeyFolder).And.Message.Contains("sessions end-all"));
        }

        Assert.That(SqliteScript.Scalar(Node.DatabasePathIn(_folder.Path), secret), Is.EqualTo(before));
        await using (var node = new Node(_folder.Path, settings))
        {
            await node.EndAllSessionsAsync();
        }

        await KeyAsync(settings);
        Assert.That(SqliteScript.Scalar(Node.DatabasePathIn(_folder.Path), secret), Is.Not.EqualTo(before));
    }

    /// <summary>Recovery codes are stored under a secret, and the end of all sessions must not kill them.</summary>
    [Test]
    public async Task EndOfAllSessions_KeepsTheSecretsThatCanBeRead()
    {
        var before = await RecoveryCodeAsync();
        await using (var node = new Node(_folder.Path))
        {
            await node.EndAllSessionsAsync();
        }

        Assert.That(await RecoveryCodeAsync(), Is.EqualTo(before));
        Directory.Delete(Path.Combine(_folder.Path, "data", "keys"), recursive: true);
        await using (var node = new Node(_folder.Path))
        {
            await node.EndAllSessionsAsync();
        }

        Assert.That(await RecoveryCodeAsync(), Is.Not.EqualTo(before));
    }

    [Test]
    public async Task KeyStoreMissingWhereThereIsNoneYet_MakesNone()
    {
        await KeyAsync();
        SqliteScript.Scalar(Node.DatabasePathIn(_folder.Path), "DELETE FROM Secrets");
        Directory.Delete(Path.Combine(_folder.Path, "data", "keys"), recursive: true);
        await using var node = new Node(_folder.Path);
        Assert.That(node.PrepareAsync, Throws.InstanceOf<StartException>());
        Assert.That(SqliteScript.Scalar(Node.DatabasePathIn(_folder.Path), "SELECT COUNT(*) FROM Secrets"), Is.Zero);
        Assert.That(Directory.GetFiles(node.KeyFolder), Is.Empty);
    }

    private async Task<byte[]> KeyAsync(Dictionary<string, string?>? settings = null)
    {
        await using var node = await Node.StartAsync(_folder.Path, settings);
        return node.Get<AttemptKeys>().Of(Ada, ClientNetwork.Unknown).Value;
    }

    private async Task<byte[]> RecoveryCodeAsync()
    {
        await using var node = await Node.StartAsync(_folder.Path);
        return node.Get<RecoveryCodeMacs>().Of(Guid.Empty, "ABCDEFGHJK");
    }

    private Dictionary<string, string?> SettingsWithAKeyFile()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var path = Path.Combine(_folder.Path, "signing.pem");
        File.WriteAllText(path, key.ExportPkcs8PrivateKeyPem());
        return new() { ["Jwt:KeyFiles:0"] = path };
    }
}
