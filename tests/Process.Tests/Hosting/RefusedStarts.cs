using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Hosting;

/// <summary>
/// The program ends with 1 and one line on standard error for each setting that makes no sense. The fixture
/// StartSettings tests all of the settings in memory.
/// </summary>
internal sealed class RefusedStarts
{
    private const string Secret = "hunter2-marker";

    [TestCase("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1", "off, with ICU", false)]
    [TestCase("ASPNETCORE_URLS", "http://192.0.2.1:5080", "Cannot assign requested address",
        false)] // TEST-NET-1: no machine has it
    [TestCase("ASPNETCORE_URLS", "somewhere", "http://localhost:5080", true)]
    public async Task BadSetting_StopsTheStartWithOneLineThatNamesIt(
        string key, string value, string allowed, bool isPrinted)
    {
        using var folder = new TemporaryFolder();
        await using var service = CleanJwtProcess.Launch(folder.Path, new() { [key] = value });

        Assert.That(await service.WaitForExitAsync(), Is.EqualTo(1), service.Output);
        Assert.That(service.Errors, Has.Length.EqualTo(1), service.Output);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(service.Errors[0], Does.Contain(key).And.Contain(allowed));
            Assert.That(service.Errors[0], isPrinted ? Does.Contain($"'{value}'") : Does.Not.Contain($"'{value}'"));
        }
    }

    [Test]
    public async Task SeveralBadSettings_AreNamedALineEachAndNoSecretIsPrinted()
    {
        using var folder = new TemporaryFolder();
        await using var service = CleanJwtProcess.Launch(
            folder.Path,
            new()
            {
                ["Jwt:AccessTokenLifetime"] = "-1",
                ["Clients:0:Id"] = "",
                ["Clients:0:Secret"] = Secret,
                ["Database:Provider"] = "Oracle"
            });

        Assert.That(await service.WaitForExitAsync(), Is.EqualTo(1), service.Output);
        Assert.That(
            service.Errors.Select(line => line.Split(' ')[0]), Is.EquivalentTo(
                ["Jwt:AccessTokenLifetime", "Clients:0:Id", "Database:Provider"]));
        Assert.That(service.Output, Does.Not.Contain(Secret));
        Assert.That(Directory.Exists(Path.Combine(folder.Path, "data")), Is.False);
    }
}
