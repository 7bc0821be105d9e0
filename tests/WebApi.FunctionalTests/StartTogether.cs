using CleanJwt.WebApi.FunctionalTests.Support;
using Microsoft.Data.Sqlite;

namespace CleanJwt.WebApi.FunctionalTests;

/// <summary>First starts that others race with, or that end in the middle.</summary>
internal sealed class StartTogether
{
    [Test]
    public async Task TwoFirstStartsAtOnce_MakeOneOfEverythingAndUnderstandEachOther([Range(1, 3)] int round)
    {
        using var folder = new TemporaryFolder();
        await using var one = CleanJwtProcess.Launch(folder.Path);
        await using var other = CleanJwtProcess.Launch(folder.Path);
        await Task.WhenAll(one.WaitUntilReadyAsync(), other.WaitUntilReadyAsync());
        AssertOneOfEverything(folder.Path);

        var email = await one.RegisterAsync();
        foreach (var (here, there) in new[] { (one, other), (other, one) })
        {
            var tokens = await here.LoginAsync(email);
            await (await there.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
            await (await there.RefreshAsync(tokens.RefreshToken)).ShouldBeAsync(200);
        }

        AssertOneOfEverything(folder.Path); // nor was any made later
    }

    // From the appearance of a file on, so that the kills fall into the making of the database, however fast the machine is.
    [TestCase("data", 0)]
    [TestCase("data/cleanjwt.db.migrating", 0)]
    [TestCase("data/cleanjwt.db", 0)]
    [TestCase("data/cleanjwt.db-wal", 0)]
    [TestCase("data/cleanjwt.db-wal", 30)]
    [TestCase("data/cleanjwt.db-wal", 100)]
    [TestCase("data/cleanjwt.db-wal", 250)]
    [TestCase("data/keys/*.xml", 0)]
    [TestCase("data/keys/*.xml", 20)]
    [CancelAfter(60_000)]
    public async Task FirstStartThatWasKilled_IsMadeGoodByTheNext(string file, int milliseconds, CancellationToken timeout)
    {
        using var folder = new TemporaryFolder();
        await using (var first = CleanJwtProcess.Launch(folder.Path))
        {
            while (!Exists(folder.Path, file))
            {
                Assert.That(first.HasExited, Is.False, first.Output);
                await Task.Delay(1, timeout);
            }

            await Task.Delay(milliseconds, timeout);
            await first.KillAsync();
        }

        await using var second = await CleanJwtProcess.StartAsync(folder.Path);
        AssertOneOfEverything(folder.Path);
        await second.LoginAsync(await second.RegisterAsync());
    }

    private static bool Exists(string folder, string file)
    {
        var parent = Path.Combine(folder, Path.GetDirectoryName(file)!);
        return Directory.Exists(parent) && Directory.EnumerateFileSystemEntries(parent, Path.GetFileName(file)).Any();
    }

    private static void AssertOneOfEverything(string folder)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "data", "cleanjwt.db")};Pooling=False");
        connection.Open();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Count("__EFMigrationsHistory"), Is.EqualTo(Count("(SELECT DISTINCT MigrationId FROM __EFMigrationsHistory)")).And.Positive);
            Assert.That(Count("SigningKeys"), Is.EqualTo(1));
            Assert.That(Directory.GetFiles(Path.Combine(folder, "data", "keys"), "*.xml"), Has.Length.EqualTo(1));
        }

        long Count(string table)
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT count(*) FROM {table}";
            return (long)command.ExecuteScalar()!;
        }
    }
}
