using CleanJwt.ProcessTests.Support;


namespace CleanJwt.ProcessTests.Hosting;

/// <summary>First starts that others race with.</summary>
[OnDatabases]
internal sealed class ConcurrentStarts(DatabaseKind kind)
{
    [Test]
    public async Task TwoFirstStartsAtOnce_MakeOneOfEverythingAndUnderstandEachOther([Range(1, 3)] int round)
    {
        using var database = new TestDatabase(kind, isNew: true);
        await using var one = CleanJwtProcess.Launch(database.Folder, database.Settings);
        await using var other = CleanJwtProcess.Launch(database.Folder, database.Settings);
        await Task.WhenAll(one.WaitUntilReadyAsync(), other.WaitUntilReadyAsync());
        AssertOneOfEverything(database);

        var email = await one.RegisterAsync();
        foreach (var (here, there) in new[] { (one, other), (other, one) })
        {
            var tokens = await here.LoginAsync(email);
            await (await there.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
            await (await there.RefreshAsync(tokens.RefreshToken)).ShouldBeAsync(200);
        }

        AssertOneOfEverything(database); // nor was any made later
    }

    internal static void AssertOneOfEverything(TestDatabase database)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Count("__EFMigrationsHistory"),
                Is.EqualTo(Count("(SELECT DISTINCT MigrationId FROM __EFMigrationsHistory) AS migrations"))
                    .And.Positive);
            Assert.That(Count("SigningKeys"), Is.EqualTo(1));
            Assert.That(
                Directory.GetFiles(Path.Combine(database.Folder, "data", "keys"), "*.xml"), Has.Length.EqualTo(1));
        }

        long Count(string table) => (long)database.Sql($"SELECT COUNT(*) FROM {table}")!;
    }
}

/// <summary>First starts that end in the middle, told by the files that they have made so far.</summary>
internal sealed class KilledFirstStart
{
    // From the appearance of a file on, so that the kills fall into the making of the database, however fast the
    // machine is.
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
    public async Task FirstStartThatWasKilled_IsMadeGoodByTheNext(
        string file, int milliseconds, CancellationToken timeout)
    {
        using var database = new TestDatabase(DatabaseKind.Sqlite, isNew: true);
        await using (var first = CleanJwtProcess.Launch(database.Folder))
        {
            while (!Exists(database.Folder, file))
            {
                Assert.That(first.HasExited, Is.False, first.Output);
                await Task.Delay(1, timeout);
            }

            await Task.Delay(milliseconds, timeout);
            await first.KillAsync();
        }

        await using var second = await CleanJwtProcess.StartAsync(database.Folder);
        ConcurrentStarts.AssertOneOfEverything(database);
        await second.LoginAsync(await second.RegisterAsync());
    }

    private static bool Exists(string folder, string file)
    {
        var parent = Path.Combine(folder, Path.GetDirectoryName(file)!);
        return Directory.Exists(parent) && Directory.EnumerateFileSystemEntries(parent, Path.GetFileName(file)).Any();
    }
}
