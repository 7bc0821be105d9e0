using System.Diagnostics;
using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Hosting;

/// <summary>
/// Starts whose SQL Server does not answer, or whose connection string makes no sense. They need no server.
/// </summary>
internal sealed class SqlServerStartFailures
{
    private const string Secret = "hunter2-marker";

    private static readonly TestCaseData[] BadConnectionStrings =
    [
        Bad("NoDatabase", $"Server=db;User Id=sa;Password={Secret}"),
        Bad("EmptyDatabase", $"Server=db;Database=;User Id=sa;Password={Secret}"),
        Bad("NoServer", $"Database=cleanjwt;User Id=sa;Password={Secret}"),
        Bad("UnknownKeyword", $"Server=db;Database=cleanjwt;Pasword={Secret}"),
        Bad("BadValue", $"Server=db;Database=cleanjwt;Encrypt={Secret}"),
        Bad("NoKeyword", Secret),
        Bad("AnSqliteFile", $"Data Source={Secret}.db"),
        Bad("Empty", ""),
        Bad("NotSet", null),
    ];

    [Test]
    public async Task ServerThatNobodyAnswersFor_IsWaitedForAndThenStopsTheStartWithOneLine()
    {
        using var folder = new TemporaryFolder();
        var server = $"127.0.0.1,{CleanJwtProcess.FreePort()}";
        var waited = Stopwatch.StartNew();
        await using var service = CleanJwtProcess.Launch(folder.Path, new()
        {
            ["Database:Provider"] = "SqlServer",
            ["Database:StartTimeout"] = "00:00:02",
            ["Database:CommandTimeout"] = "00:00:01", // the driver asks a port that is closed until its time is over
            ["ConnectionStrings:Default"] = $"Server={server};Database=cleanjwt;User Id=somebody;Password={Secret};Encrypt=false",
        });

        Assert.That(await service.WaitForExitAsync(), Is.EqualTo(1), service.Output);
        Assert.That(waited.Elapsed, Is.GreaterThan(TimeSpan.FromSeconds(2)).And.LessThan(TimeSpan.FromSeconds(30)));
        Assert.That(service.Errors, Has.Length.EqualTo(1), service.Output);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(service.Errors[0],
                Does.Contain($"'cleanjwt' on '{server}'").And.Contain("ConnectionStrings:Default")
                    .And.Contain("00:00:02"));
            Assert.That(service.Output, Does.Contain($"Waiting for the database 'cleanjwt' on '{server}'"));
            Assert.That(
                service.Output, Does.Not.Contain(Secret).And.Not.Contain("   at "), "neither a password nor a stack");
        }
    }

    [TestCaseSource(nameof(BadConnectionStrings))]
    public async Task BadConnectionString_StopsTheStartWithOneLineWithoutIt(string? connectionString)
    {
        using var folder = new TemporaryFolder();
        await using var service = CleanJwtProcess.Launch(
            folder.Path, new()
            { ["Database:Provider"] = "SqlServer", ["ConnectionStrings:Default"] = connectionString });

        Assert.That(await service.WaitForExitAsync(), Is.EqualTo(1), service.Output);
        Assert.That(service.Errors, Has.Length.EqualTo(1), service.Output);
        Assert.That(
            service.Errors[0], Does.StartWith("ConnectionStrings:Default can't be used; allowed for SQL Server: "));
        Assert.That(service.Output, Does.Not.Contain(Secret).And.Not.Contain("   at "));
    }

    [Test]
    public async Task NoCertificateOutsideDevelopment_StopsTheStartWithOneLine()
    {
        using var folder = new TemporaryFolder();
        await using var service = CleanJwtProcess.Launch(
            folder.Path,
            new()
            {
                ["Database:Provider"] = "SqlServer",
                ["ConnectionStrings:Default"] = $"Server=127.0.0.1,1;Database=cleanjwt;User Id=somebody;Password={Secret}",
                ["Jwt:Issuer"] = "https://auth.example.com",
            },
            environment: "Production");

        Assert.That(await service.WaitForExitAsync(), Is.EqualTo(1), service.Output);
        Assert.That(service.Errors, Has.Length.EqualTo(1), service.Output);
        Assert.That(service.Errors[0], Does.StartWith("KeyProtection:CertificatePath is not set"));
        Assert.That(service.Output, Does.Not.Contain(Secret));
    }

    private static TestCaseData Bad(string name, string? connectionString) =>
        new TestCaseData(connectionString).SetArgDisplayNames(name);
}
