using System.Security.Cryptography.X509Certificates;
using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Commands;

/// <summary>The commands that a container runs beside the service and before it.</summary>
internal sealed class ContainerCommands
{
    private const string Path = "--KeyProtection:CertificatePath=protection.pfx";
    private const string Password = "--KeyProtection:CertificatePassword=a secret";

    [Test]
    public async Task Health_TellsWhetherTheProcessListens()
    {
        using var folder = new TemporaryFolder();
        Uri address;
        await using (var node = await ServiceNode.StartAsync(folder.Path))
        {
            address = node.Client.BaseAddress!;
            foreach (var url in new[] { address.ToString(), $"http://+:{address.Port}", $"http://*:{address.Port}",
                $"http://[::]:{address.Port};http://127.0.0.1:1" })
            {
                var healthy = await ServiceNode.RunAsync(folder.Path, "health", $"--urls={url}");
                Assert.That((healthy.ExitCode, healthy.Output, healthy.Errors), Is.EqualTo((0, "", "")), url);
            }
        }

        var gone = await ServiceNode.RunAsync(folder.Path, "health", $"--urls={address}");
        Assert.That(gone.ExitCode, Is.EqualTo(1));
        Assert.That(gone.Errors, Does.StartWith($"http://127.0.0.1:{address.Port} did not answer: "));
    }

    [Test]
    public async Task Health_OpensNoDatabase()
    {
        using var folder = new TemporaryFolder();
        var result = await ServiceNode.RunAsync(folder.Path, "health", "--urls=http://127.0.0.1:1");
        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path), Is.Empty);
    }

    [Test]
    public async Task Certificate_IsMadeOnceAndServes()
    {
        using var folder = new TemporaryFolder();
        var file = System.IO.Path.Combine(folder.Path, "protection.pfx");
        var several = await Task.WhenAll(
            Enumerable.Range(0, 3)
                .Select(_ => ServiceNode.RunAsync(folder.Path, "keys", "make-certificate", Path, Password)));
        Assert.That(several.Select(result => result.ExitCode), Is.All.Zero, () => several[0].Errors);
        Assert.That(
            several.Count(result => result.Output.StartsWith("Created", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(Directory.GetFileSystemEntries(folder.Path), Is.EqualTo(new[] { file }));
        if (!OperatingSystem.IsWindows())
        {
            Assert.That(File.GetUnixFileMode(file), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }

        var before = await File.ReadAllBytesAsync(file);
        var again = await ServiceNode.RunAsync(folder.Path, "keys", "make-certificate", Path, Password);
        Assert.That(
            (again.ExitCode, again.Output),
            Is.EqualTo((0, $"'{file}' already exists. The command did not change it.{Environment.NewLine}")));
        Assert.That(await File.ReadAllBytesAsync(file), Is.EqualTo(before));

        using var certificate = X509CertificateLoader.LoadPkcs12(before, "a secret");
        Assert.That((certificate.Subject, certificate.GetRSAPrivateKey()!.KeySize), Is.EqualTo(("CN=CleanJwt", 3072)));

        await using var node = await ServiceNode.StartAsync(
            folder.Path, new()
            {
                ["KeyProtection:CertificatePath"] = "protection.pfx",
                ["KeyProtection:CertificatePassword"] = "a secret"
            });
        await node.Client.LoginAsync();
    }

    [TestCase("KeyProtection:CertificatePath", Password)]
    [TestCase("KeyProtection:CertificatePassword", Path)]
    public async Task CertificateWithoutASetting_IsNotMade(string missing, string other)
    {
        using var folder = new TemporaryFolder();
        var refused = await ServiceNode.RunAsync(folder.Path, "keys", "make-certificate", other);
        Assert.That(refused.ExitCode, Is.EqualTo(1));
        Assert.That(refused.Errors, Does.StartWith($"{missing} is not set. "));
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path), Is.Empty);
    }

    [Test]
    public async Task CertificateWhereNothingCanBeWritten_IsNotMade()
    {
        using var folder = new TemporaryFolder();
        var refused = await ServiceNode.RunAsync(
            folder.Path,
            "keys",
            "make-certificate",
            "--KeyProtection:CertificatePath=missing/protection.pfx",
            Password);
        Assert.That(refused.ExitCode, Is.EqualTo(1));
        Assert.That(refused.Errors, Does.Contain("(KeyProtection:CertificatePath) can't be written: "));
    }
}
