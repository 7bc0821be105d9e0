using System.Data.Common;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Keys;
using CleanJwt.Infrastructure.Settings;
using Microsoft.EntityFrameworkCore;
using NUnit.Framework.Constraints;

namespace CleanJwt.Infrastructure.IntegrationTests.Persistence;

/// <summary>What a start does to the database and the keys beside it.</summary>
internal sealed class DatabasePreparing
{
    private const string StaleLock = """
        CREATE TABLE IF NOT EXISTS "__EFMigrationsLock" ("Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY, "Timestamp" TEXT NOT NULL);
        INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-01-01 00:00:00');
        """;

    private static readonly EmailAddress Ada = EmailAddress.Parse("ada@example.com");

    [Test]
    public async Task FirstStart_MakesTheDatabaseInWriteAheadMode()
    {
        using var folder = new TemporaryFolder();
        await using var node = await Node.StartAsync(folder.Path);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(node.Sql("PRAGMA journal_mode"), Is.EqualTo("wal"));
            Assert.That(AppliedMigrations(node), Is.EqualTo(await MigrationsAsync(node)));
            Assert.That(node.Sql("SELECT count(*) FROM SigningKeys"), Is.EqualTo(1));
            Assert.That(DataProtectionKeys(node), Has.Length.EqualTo(1));
        }
    }

    [Test]
    [Platform(Exclude = "Win")]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task FirstStart_LetsNobodyElseIn()
    {
        using var folder = new TemporaryFolder();
        await using var node = await Node.StartAsync(folder.Path);
        const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        const UnixFileMode OwnerFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(File.GetUnixFileMode(Path.GetDirectoryName(node.DatabasePath)!), Is.EqualTo(OwnerFolder));
            Assert.That(File.GetUnixFileMode(node.KeyFolder), Is.EqualTo(OwnerFolder));
            Assert.That(File.GetUnixFileMode(DataProtectionKeys(node).Single()), Is.EqualTo(OwnerFile));
            Assert.That(File.GetUnixFileMode(node.DatabasePath), Is.EqualTo(OwnerFile));
            Assert.That(File.GetUnixFileMode(node.DatabasePath + "-wal"), Is.EqualTo(OwnerFile));
        }
    }

    [Test]
    public async Task CopyThatIsInNoWriteAheadMode_IsPutIntoIt()
    {
        using var folder = new TemporaryFolder();
        await using (await Node.StartAsync(folder.Path))
        {
        }

        Assert.That(
            SqliteScript.Scalar(Node.DatabasePathIn(folder.Path), "PRAGMA journal_mode=DELETE"), Is.EqualTo("delete"));
        await using var node = await Node.StartAsync(folder.Path);
        Assert.That(node.Sql("PRAGMA journal_mode"), Is.EqualTo("wal"));
    }

    [Test]
    [Category("Exhaustive")]
    public async Task SecondStart_ChangesNothing()
    {
        using var folder = new TemporaryFolder();
        var (before, key, token) = ("", "", "");
        await using (var first = await Node.StartAsync(folder.Path))
        {
            await first.AddAccountAsync(Ada);
            before = Contents(first);
            key = DataProtectionKeys(first).Single();
            token = first.Get<IRefreshTokenService>().Write(new RefreshToken(Guid.NewGuid(), 1));
        }

        await using var second = await Node.StartAsync(folder.Path);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Contents(second), Is.EqualTo(before));
            Assert.That(DataProtectionKeys(second), Is.EqualTo([key]));
            Assert.That(second.Get<IRefreshTokenService>().TryRead(token, out _));
        }
    }

    [Test]
    [Category("Exhaustive")]
    public async Task SeveralFirstStartsAtOnce_MakeOneOfEverything([Values(2, 4)] int count)
    {
        using var folder = new TemporaryFolder();
        var nodes = Enumerable.Range(0, count).Select(_ => new Node(folder.Path)).ToArray();
        await Task.WhenAll(nodes.Select(node => Task.Run(node.PrepareAsync)));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(AppliedMigrations(nodes[0]), Is.EqualTo(await MigrationsAsync(nodes[0])));
            Assert.That(nodes[0].Sql("SELECT count(*) FROM SigningKeys"), Is.EqualTo(1));
            Assert.That(
                nodes.Select(node => node.Get<SigningKeyRing>().Current.KeyId).Distinct().Count(), Is.EqualTo(1));
            var token = nodes[0].Get<IRefreshTokenService>().Write(new RefreshToken(Guid.NewGuid(), 1));
            Assert.That(
                nodes.All(node => node.Get<IRefreshTokenService>().TryRead(token, out _)),
                "each reads the other's refresh tokens");
            Assert.That(DataProtectionKeys(nodes[0]), Has.Length.EqualTo(1));
        }

        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task MigrationLockLeftByAKilledProcess_IsSurvived(
        [Values] bool beforeTheFirstMigration, CancellationToken timeout)
    {
        using var folder = new TemporaryFolder();
        if (!beforeTheFirstMigration)
        {
            await using var first = await Node.StartAsync(folder.Path);
        }

        Directory.CreateDirectory(Path.Combine(folder.Path, "data"));
        SqliteScript.Scalar(Node.DatabasePathIn(folder.Path), StaleLock);

        await using var node = new Node(folder.Path);
        await node.PrepareAsync().WaitAsync(timeout);
        Assert.That(AppliedMigrations(node), Is.EqualTo(await MigrationsAsync(node)));
    }

    [Test]
    [Category("Load")]
    public async Task AnotherProcessThatMigratesForTooLong_StopsTheStartWithALine()
    {
        using var folder = new TemporaryFolder();
        await using var node = new Node(folder.Path, new() { ["Database:StartTimeout"] = "00:00:01" });
        Directory.CreateDirectory(Path.Combine(folder.Path, "data"));
        await using var heldElsewhere = new FileStream(
            node.DatabasePath + ".migrating", FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        Assert.That(node.PrepareAsync, ThrowsOneLine(naming: "Database:StartTimeout"));
        Assert.That(File.Exists(node.DatabasePath), Is.False);
    }

    [Test]
    public async Task LostKeys_StopTheStartWithALineAndNothingIsMadeAnew([Values] bool folderToo)
    {
        using var folder = new TemporaryFolder();
        string before;
        await using (var first = await Node.StartAsync(folder.Path))
        {
            before = Contents(first);
            foreach (var key in DataProtectionKeys(first))
            {
                File.Delete(key);
            }

            if (folderToo)
            {
                Directory.Delete(first.KeyFolder, recursive: true);
            }
        }

        await using var second = new Node(folder.Path);
        Assert.That(second.PrepareAsync, ThrowsOneLine(naming: second.KeyFolder));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(DataProtectionKeys(second), Is.Empty);
            Assert.That(Contents(second), Is.EqualTo(before));
        }
    }

    [Test]
    [Category("Exhaustive")]
    public async Task KeysOfAnotherInstance_StopTheStartWithALine()
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        await using (var first = await Node.StartAsync(folder.Path))
        await using (var stranger = await Node.StartAsync(other.Path))
        {
            File.Delete(DataProtectionKeys(first).Single());
            var key = DataProtectionKeys(stranger).Single();
            File.Copy(key, Path.Combine(first.KeyFolder, Path.GetFileName(key)));
        }

        await using var second = new Node(folder.Path);
        Assert.That(second.PrepareAsync, ThrowsOneLine(naming: second.KeyFolder));
    }

    [Test]
    [Category("Exhaustive")]
    public async Task KeysWhoseTimeIsOver_StillReadAndAreFollowedByOne()
    {
        using var folder = new TemporaryFolder();
        string token;
        await using (var first = await Node.StartAsync(folder.Path))
        {
            token = first.Get<IRefreshTokenService>().Write(new RefreshToken(Guid.NewGuid(), 1));
            var key = DataProtectionKeys(first).Single();
            var expired = System.Text.RegularExpressions.Regex.Replace(
                await File.ReadAllTextAsync(
                    key), "<(creation|activation|expiration)Date>[^<]*", "<$1Date>2020-01-01T00:00:00Z");
            await File.WriteAllTextAsync(key, expired);
        }

        var nodes = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(_ => Task.Run(() => Node.StartAsync(folder.Path))));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(nodes.Select(node => node.Get<IRefreshTokenService>().TryRead(token, out _)), Is.All.True);
            Assert.That(
                DataProtectionKeys(nodes[0]), Has.Length.EqualTo(2), "the expired one, and one that all make together");
            var next = nodes[0].Get<IRefreshTokenService>().Write(new RefreshToken(Guid.NewGuid(), 1));
            Assert.That(nodes.Select(node => node.Get<IRefreshTokenService>().TryRead(next, out _)), Is.All.True);
        }

        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }
    }

    [Test]
    public async Task WithoutMigratingAtTheStart_AMissingDatabaseStopsItAndNoneIsMade()
    {
        using var folder = new TemporaryFolder();
        await using var node = new Node(folder.Path, new() { ["Database:MigrateOnStart"] = "false" });
        Assert.That(node.PrepareAsync, ThrowsOneLine());
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path), Is.Empty);
    }

    [Test]
    public async Task DatabaseFileThatGoesMissingWhileServing_IsNotMadeAnew()
    {
        using var folder = new TemporaryFolder();
        await using var node = await Node.StartAsync(folder.Path);
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        File.Move(node.DatabasePath, node.DatabasePath + ".moved");

        Assert.That(
            () => node.WithUsersAsync(users => users.FindAsync(Guid.NewGuid(), CancellationToken.None)),
            Throws.InstanceOf<DbException>());
        Assert.That(File.Exists(node.DatabasePath), Is.False);
    }

    [TestCase("not a database at all, but long enough to be looked at", TestName = "a file that is no database")]
    [Category("Exhaustive")]
    public async Task UnusableDatabase_StopsTheStartWithALine(string content)
    {
        using var folder = new TemporaryFolder();
        await using var node = new Node(folder.Path);
        Directory.CreateDirectory(Path.Combine(folder.Path, "data"));
        await File.WriteAllTextAsync(node.DatabasePath, content);

        Assert.That(node.PrepareAsync, ThrowsOneLine(naming: node.DatabasePath));
        Assert.That(await File.ReadAllTextAsync(node.DatabasePath), Is.EqualTo(content));
    }

    [TestCase("00:00:05", 5000)]
    [TestCase("00:00:02.5", 2500)]
    public async Task Connections_WaitForLocksAndWriteThrough(string commandTimeout, int milliseconds)
    {
        using var folder = new TemporaryFolder();
        await using var node = await Node.StartAsync(
            folder.Path, new() { ["Database:CommandTimeout"] = commandTimeout });

        // Twice: the second one is out of the pool.
        for (var i = 0; i < 2; i++)
        {
            var pragmas = await node.WithDatabaseAsync(async db => (
                BusyTimeout: await db.Database.SqlQueryRaw<int>(
                    "SELECT timeout AS Value FROM pragma_busy_timeout").SingleAsync(),
                Synchronous: await db.Database.SqlQueryRaw<int>(
                    "SELECT synchronous AS Value FROM pragma_synchronous").SingleAsync(),
                JournalMode: await db.Database.SqlQueryRaw<string>(
                    "SELECT journal_mode AS Value FROM pragma_journal_mode").SingleAsync()));
            Assert.That(pragmas, Is.EqualTo((milliseconds, 2, "wal")));
        }
    }

    private static ContainsConstraint ThrowsOneLine(string naming = "") =>
        Throws.TypeOf<StartException>().With.Message.Not.Contains("\n").And.Message.Contains(naming);

    private static object? AppliedMigrations(Node node) =>
        node.Sql("SELECT group_concat(MigrationId) FROM __EFMigrationsHistory");

    private static Task<string> MigrationsAsync(Node node) =>
        node.WithDatabaseAsync(db => Task.FromResult(string.Join(',', db.Database.GetMigrations())));

    private static string[] DataProtectionKeys(Node node) =>
        Directory.Exists(node.KeyFolder) ? Directory.GetFiles(node.KeyFolder) : [];

    /// <summary>What a start could change.</summary>
    private static string Contents(Node node) => $"""
        {AppliedMigrations(node)}
        {node.Sql("SELECT group_concat(Sequence || KeyId || hex(ProtectedPrivateKey)) FROM SigningKeys")}
        {node.Sql("SELECT group_concat(Id || NormalizedEmail || PasswordHash || ConcurrencyStamp) FROM AspNetUsers")}
        """;
}
