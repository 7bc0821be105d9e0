using System.Data.Common;
using System.Net;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Results;
using CleanJwt.Infrastructure.Accounts;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Passwords;
using CleanJwt.Infrastructure.Passwords.Throttle;
using CleanJwt.Infrastructure.Persistence;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Moq;

namespace CleanJwt.Infrastructure.IntegrationTests.Passwords;

/// <summary>
/// An attempt is counted before its password is checked. An attempt that was not checked is given back; one without an
/// outcome is not.
/// </summary>
[OnDatabases]
[CancelAfter(60_000)]
internal sealed class ReservedAttempts(DatabaseKind kind)
{
    private static readonly EmailAddress Ada = EmailAddress.Parse("ada@example.com");
    private static readonly ClientNetwork Here = ClientNetwork.Of(IPAddress.Parse("192.0.2.1"));

    [Test]
    [Category("Load")]
    public async Task NodeThatWasKilled_LeavesTriesThatCountAsWrongAfterHalfAMinute(CancellationToken timeout)
    {
        using var database = new TestDatabase(kind);
        await using var killed = await Node.StartAsync(database);
        await using var node = await Node.StartAsync(database);
        for (var i = 0; i < 5; i++)
        {
            Assert.That((await killed.ReserveElsewhereAsync(Ada, Here, timeout)).IsSuccess);
        }

        Assert.That(
            (await ReserveAsync(node, timeout)).Error?.Code,
            Is.EqualTo("service-unavailable"),
            "they may still be right");
        Assert.That((await ReserveAsync(node, timeout)).Error?.RetryAfter, Is.EqualTo(TimeSpan.FromSeconds(1)));
        node.Time.Advance(TimeSpan.FromSeconds(30) - Skew(killed, node) - TimeSpan.FromMilliseconds(1));
        Assert.That((await ReserveAsync(node, timeout)).Error?.Code, Is.EqualTo("service-unavailable"));
        node.Time.Advance(TimeSpan.FromMilliseconds(1));
        var error = (await ReserveAsync(node, timeout)).Error;
        Assert.That((error?.Code, error?.RetryAfter), Is.EqualTo(("too-many-attempts", TimeSpan.FromMinutes(5))));
        node.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.That((await ReserveAsync(node, timeout)).IsSuccess);
    }

    [Test]
    public async Task WhoeverWaits_IsLetInWhenAnotherNodeHasFoundARightOne(CancellationToken timeout)
    {
        using var database = new TestDatabase(kind);
        await using var one = await Node.StartAsync(database);
        await using var other = await Node.StartAsync(database);
        var reserved = new List<AttemptReservation>();
        for (var i = 0; i < 5; i++)
        {
            reserved.Add((await one.ReserveElsewhereAsync(Ada, Here, timeout)).Value);
        }

        var waiting = ReserveAsync(other, timeout);
        await Task.Delay(200, timeout);
        Assert.That(waiting.IsCompleted, Is.False);
        await reserved[0].SettleRightAsync();
        Assert.That((await waiting).IsSuccess);
    }

    [Test]
    [Category("Exhaustive")]
    public async Task WhatIsNotCheckedForAFullQueue_IsGivenBack()
    {
        using var database = new TestDatabase(kind);
        using var full = new HashingThreads(threads: 1, maxQueuedPerThread: 1);
        await using var node = await Node.StartAsync(
            database, configure: services => services.Replace(ServiceDescriptor.Singleton(full)));
        await node.AddAccountAsync(Ada);
        using (var busy = new BusyThread(full))
        {
            _ = full.TryEnqueue(() => true, CancellationToken.None);
            for (var i = 0; i < 10; i++)
            {
                Assert.That((await VerifyAsync(node, "wrong")).Error?.Code, Is.EqualTo("service-unavailable"));
                Assert.That((await VerifyProofAsync(node, "wrong")).Error?.Code, Is.EqualTo("service-unavailable"));
                Assert.That(Rows(node), Is.Zero);
            }
        }

        Assert.That((await VerifyAsync(node, Node.Password)).Value.Verified, Is.Not.Null);
    }

    [Test]
    public async Task WhatIsNotCheckedForAClientThatHangsUp_IsGivenBack()
    {
        using var database = new TestDatabase(kind);
        using var threads = new HashingThreads(threads: 1, maxQueuedPerThread: 10);
        await using var node = await Node.StartAsync(
            database, configure: services => services.Replace(ServiceDescriptor.Singleton(threads)));
        await node.AddAccountAsync(Ada);
        using (var busy = new BusyThread(threads))
        {
            using var hangUp = new CancellationTokenSource();
            var check = VerifyAsync(node, "wrong", hangUp.Token);
            Assert.That(() => Rows(node), Is.EqualTo(2).After(10_000, 20));
            await Task.Delay(100);
            await hangUp.CancelAsync();
            busy.Release();
            Assert.That(async () => await check, Throws.InstanceOf<OperationCanceledException>());
        }

        Assert.That(Rows(node), Is.Zero);
    }

    [Test]
    public async Task WrongPasswordOfAClientThatHangsUpTooLate_Counts()
    {
        using var database = new TestDatabase(kind);
        using var hangUp = new CancellationTokenSource();
        var hasher = new Mock<IPasswordHasher<AppUser>>();
        hasher.Setup(port => port.HashPassword(It.IsAny<AppUser>(), It.IsAny<string>())).Returns("hash");
        hasher.Setup(port => port.VerifyHashedPassword(It.IsAny<AppUser>(), It.IsAny<string>(), It.IsAny<string>()))
            .Callback(hangUp.Cancel)
            .Returns(PasswordVerificationResult.Failed);
        await using var node = await Node.StartAsync(
            database, configure: services => services.Replace(ServiceDescriptor.Singleton(hasher.Object)));
        await node.AddAccountAsync(Ada);
        Assert.That((await VerifyAsync(node, "wrong", hangUp.Token)).Value.Verified, Is.Null);
        Assert.That(Rows(node), Is.EqualTo(2));
    }

    [Test]
    [Category("Exhaustive")]
    public async Task WhatIsNotCheckedForADatabaseThatFails_IsGivenBack()
    {
        using var database = new TestDatabase(kind);
        await using var node = await Node.StartAsync(
            database, configure: services => services.DecorateDatabase(inner => new FailingReads(inner)));
        await node.AddAccountAsync(Ada);
        ((FailingReads)node.Get<IDatabase>()).Fail = true;
        Assert.That(async () => await VerifyAsync(node, "wrong"), Throws.InstanceOf<DatabaseUnavailableException>());
        Assert.That(Rows(node), Is.Zero);
        ((FailingReads)node.Get<IDatabase>()).Fail = false;
        Assert.That((await VerifyAsync(node, "wrong")).Value.Verified, Is.Null);
        Assert.That(Rows(node), Is.EqualTo(2));
    }

    /// <summary>
    /// The first row of a key is made by two nodes at once, and rows are changed under one's feet: no try is lost.
    /// </summary>
    [Test]
    [Category("Exhaustive")]
    public async Task TriesOfTwoNodesAtOnce_AreAllCounted(CancellationToken timeout)
    {
        using var database = new TestDatabase(kind);
        await using var one = await Node.StartAsync(database);
        await using var other = await Node.StartAsync(database);
        var wrong = 0;
        await Parallel.ForAsync(0, 48, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            var network = ClientNetwork.Of(IPAddress.Parse($"192.0.2.{i / 4}"));
            await using var reserved = (
                await (i % 2 == 0 ? one : other).Get<PasswordThrottle>().ReserveAsync(Ada, network, timeout)).Value;
            await reserved.SettleWrongAsync();
            Interlocked.Increment(ref wrong);
        });

        var email = one.Get<AttemptKeys>().Of(Ada).Value;
        var stored = await one.Get<IDatabase>().ReadAsync(
            (db, _) => Task.FromResult(db.Context.PasswordAttempts.Single(row => row.Key == email)), timeout);
        Assert.That(stored.Attempts.All.Count(tried => tried.IsWrong), Is.EqualTo(wrong).And.EqualTo(48));
    }

    /// <summary>What SQL Server says where SQLite has one writer wait for the other.</summary>
    [Test]
    public async Task RowThatAnotherNodeChangedMeanwhile_IsReadAgain(CancellationToken timeout)
    {
        using var database = new TestDatabase(kind);
        await using var node = await Node.StartAsync(
            database, configure: services => services.DecorateDatabase(inner => new Conflicts(inner)));
        var conflicts = (Conflicts)node.Get<IDatabase>();
        conflicts.IsNext = true;
        List<PasswordAttemptRow> before;
        await using (var reserved = (await ReserveAsync(node, timeout)).Value)
        {
            before = await StoredAsync();
            conflicts.IsNext = true;
            await reserved.SettleWrongAsync();
        }

        var after = await StoredAsync();
        Assert.That(after.Select(row => row.Attempts.All.Single().IsWrong), Is.EqualTo([true, true]));
        Assert.That(before.Concat(after).Select(row => row.Stamp), Is.Unique, "or the next node would not notice");
        conflicts.IsNext = true;
        await using (var reserved = (await ReserveAsync(node, timeout)).Value)
        {
            conflicts.IsNext = true;
            await reserved.SettleRightAsync();
        }

        Assert.That(await StoredAsync(), Is.Empty);
        Assert.That(
            conflicts.Reads,
            Is.EqualTo((2 * 2) + (2 * 1)),
            "each reservation reads twice, and each outcome, which begins without reading, once");

        Task<List<PasswordAttemptRow>> StoredAsync() =>
            node.Get<IDatabase>().ReadAsync((db, _) => Task.FromResult(db.Context.PasswordAttempts.ToList()), timeout);
    }

    [Test]
    public async Task Keys_TellNothingAndAreTheSameOnEveryNode()
    {
        using var database = new TestDatabase(kind);
        await using var one = await Node.StartAsync(database);
        await using var other = await Node.StartAsync(database);
        var keys = one.Get<AttemptKeys>();
        var id = Guid.NewGuid();
        byte[][] all = [keys.Of(
            Ada).Value, keys.Of(Ada, Here).Value, keys.Of(Ada, ClientNetwork.Unknown).Value, keys.Of(id).Value];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                all.Select(key => Convert.ToHexString(key.AsSpan(1))).Distinct().Count(), Is.EqualTo(all.Length));
            Assert.That(all.Select(key => key[0]), Is.EqualTo([2, 1, 1, 3]));
            Assert.That(other.Get<AttemptKeys>().Of(Ada).Value, Is.EqualTo(all[0]));
            Assert.That(keys.Of(EmailAddress.Parse(" ADA@Example.com ")).Value, Is.EqualTo(all[0]));
        }
    }

    private static TimeSpan Skew(Node one, Node other) => other.Time.GetUtcNow() - one.Time.GetUtcNow();

    private static Task<Result<AttemptReservation>> ReserveAsync(Node node, CancellationToken cancellationToken) =>
        node.Get<PasswordThrottle>().ReserveAsync(Ada, Here, cancellationToken);

    private static Task<Result<PasswordCheck>> VerifyAsync(
        Node node, string password, CancellationToken cancellationToken = default) =>
        node.WithUsersAsync(users => users.VerifyPasswordAsync(Ada, Here, password, cancellationToken));

    private static Task<Result<PasswordCheck>> VerifyProofAsync(Node node, string password) =>
        node.WithUsersAsync(users =>
            users.VerifyPasswordAsync(
                Guid.Parse(node.Sql("SELECT Id FROM AspNetUsers")!.ToString()!), password, default));

    private static long Rows(Node node) => (long)node.Sql("SELECT COUNT(*) FROM PasswordAttempts")!;

    /// <summary>Keeps a thread for hashing busy until it is let go.</summary>
    private sealed class BusyThread : IDisposable
    {
        private readonly ManualResetEventSlim _release = new();
        private readonly Task<bool> _work;

        public BusyThread(HashingThreads threads)
        {
            using var running = new ManualResetEventSlim();
            _work = threads.TryEnqueue(
                () =>
                {
                    running.Set();
                    return _release.Wait(TimeSpan.FromSeconds(30));
                },
                CancellationToken.None)!;
            running.Wait();
        }

        public void Release() => _release.Set();

        public void Dispose()
        {
            _release.Set();
            _work.Wait();
            _release.Dispose();
        }
    }

    /// <summary>
    /// Lets another node change the rows of a key between the moment they are read and the moment they are written.
    /// </summary>
    private sealed class Conflicts(IDatabase database) : IDatabase, IDisposable
    {
        /// <summary>Whether the next change meets a conflict.</summary>
        public bool IsNext { get; set; }

        public int Reads { get; private set; }

        public Task<T> ReadAsync<T>(
            Func<DatabaseConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
            database.ReadAsync(work, cancellationToken);

        public Task<T> WriteAsync<T>(
            Func<DatabaseConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
            database.WriteAsync(
                (db, abandoned) => work(new Connection(this, db, readsFirst: true), abandoned), cancellationToken);

        public Task<T> WriteOneAsync<T>(
            Func<DatabaseConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
            database.WriteOneAsync(
                (db, abandoned) => work(new Connection(this, db, readsFirst: false), abandoned), cancellationToken);

        public void Dispose() => (database as IDisposable)?.Dispose();

        private async Task AfterReadAsync(DatabaseConnection db, byte[] key, CancellationToken cancellationToken)
        {
            Reads++;
            if (!IsNext)
            {
                return;
            }

            IsNext = false;
            if (await db.ExecuteAsync($"""UPDATE "PasswordAttempts" SET "Stamp" = {Guid.Empty}""", cancellationToken) == 0)
            {
                await db.ExecuteAsync(
                    $"""
                    INSERT INTO "PasswordAttempts" ("Key", "Attempts", "ExpiresAt", "Stamp")
                    VALUES ({key}, {key}, {new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc)}, {Guid.Empty})
                    """,
                    cancellationToken);
            }
        }

        private sealed class Connection(Conflicts conflicts, DatabaseConnection db, bool readsFirst) : DatabaseConnection
        {
            public override AppDbContext Context => db.Context;

            public override Task<int> ExecuteAsync(FormattableString statement, CancellationToken cancellationToken) =>
                db.ExecuteAsync(statement, cancellationToken);

            public override async Task<IReadOnlyList<int>> ExecuteAllAsync(
                IReadOnlyList<FormattableString> statements, CancellationToken cancellationToken)
            {
                if (!readsFirst && conflicts.IsNext)
                {
                    conflicts.IsNext = false;
                    await db.ExecuteAsync($"""UPDATE "PasswordAttempts" SET "Stamp" = {Guid.Empty}""", cancellationToken);
                }

                return await db.ExecuteAllAsync(statements, cancellationToken);
            }

            public override Task<T?> ExecuteAllThenFindAsync<T>(
                IReadOnlyList<FormattableString> statements,
                FormattableString query,
                Func<DbDataReader, T> read,
                CancellationToken cancellationToken)
                where T : default => db.ExecuteAllThenFindAsync(statements, query, read, cancellationToken);

            public override async Task<List<T>> ListAsync<T>(
                FormattableString query, Func<DbDataReader, T> read, CancellationToken cancellationToken)
            {
                var rows = await db.ListAsync(query, read, cancellationToken);
                if (typeof(T) == typeof(PasswordAttemptRow))
                {
                    await conflicts.AfterReadAsync(db, (byte[])query.GetArgument(0)!, cancellationToken);
                }

                return rows;
            }

            public override Task<T?> FindAsync<T>(
                FormattableString query, Func<DbDataReader, T> read, CancellationToken cancellationToken)
                where T : default => db.FindAsync(query, read, cancellationToken);
        }
    }

    private sealed class FailingReads(IDatabase database) : IDatabase, IDisposable
    {
        public bool Fail { get; set; }

        public Task<T> ReadAsync<T>(
            Func<DatabaseConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
            Fail ? throw new DatabaseUnavailableException("on purpose") : database.ReadAsync(work, cancellationToken);

        public Task<T> WriteAsync<T>(
            Func<DatabaseConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
            database.WriteAsync(work, cancellationToken);

        public Task<T> WriteOneAsync<T>(
            Func<DatabaseConnection, CancellationToken, Task<T>> statement, CancellationToken cancellationToken) =>
            database.WriteOneAsync(statement, cancellationToken);

        public void Dispose() => (database as IDisposable)?.Dispose();
    }
}
