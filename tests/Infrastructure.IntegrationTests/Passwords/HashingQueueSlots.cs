using System.Net;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Results;
using CleanJwt.Infrastructure.Accounts;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Passwords;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Moq;

namespace CleanJwt.Infrastructure.IntegrationTests.Passwords;

/// <summary>
/// Passwords wait in one queue for the hashing threads. Only a few at a time have a slot, and the others cause no work.
/// </summary>
[CancelAfter(60_000)]
internal sealed class HashingQueueSlots
{
    private const int Begun = 8;
    private static readonly ClientNetwork Here = ClientNetwork.Of(IPAddress.Parse("192.0.2.1"));

    [Test]
    public async Task SignInsThatWait_HaveAskedTheDatabaseNothing(CancellationToken timeout)
    {
        using var database = new TestDatabase(DatabaseKind.Sqlite);
        using var verify = new ManualResetEventSlim();
        await using var node = await StartAsync(database, maxQueuedPerThread: 20, hasher => hasher
            .Setup(port => port.VerifyHashedPassword(It.IsAny<AppUser>(), It.IsAny<string>(), It.IsAny<string>()))
            .Callback(() => verify.Wait(timeout))
            .Returns(PasswordVerificationResult.Failed));
        var signIns = Enumerable.Range(0, 21).Select(number => VerifyAsync(node, number % 20, timeout)).ToArray();

        Assert.That(() => Tries(node), Is.EqualTo(Begun).After(10_000, 20));
        await Task.Delay(200, timeout);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Tries(node), Is.EqualTo(Begun));
            Assert.That(signIns.Select(signIn => signIn.IsCompleted), Has.None.True);
            Assert.That((await VerifyAsync(node, 20, timeout)).Error, Is.EqualTo(PasswordHashingService.QueueFull));
            Assert.That(
                (await VerifyAsync(node, 0, timeout)).Error,
                Is.EqualTo(PasswordHashingService.QueueFull),
                "and nobody waits for the two others of that email");
            Assert.That(
                (await node.Get<PasswordHashingService>().HashAsync("new", timeout)).Error,
                Is.EqualTo(PasswordHashingService.QueueFull),
                "it is the same line");
        }

        verify.Set();
        Assert.That((await Task.WhenAll(signIns)).Select(answer => answer.IsSuccess), Has.All.True);
        Assert.That(Tries(node), Is.EqualTo(20));
        Assert.That(
            (await node.Get<PasswordHashingService>().HashAsync("new", timeout)).IsSuccess,
            "all places are free again");
    }

    [Test]
    public async Task ClientThatHangsUpWhileItWaits_LeavesTheLine(CancellationToken timeout)
    {
        using var database = new TestDatabase(DatabaseKind.Sqlite);
        await using var node = await StartAsync(database, maxQueuedPerThread: Begun);
        var places = new List<IDisposable>();
        for (var i = 0; i < Begun; i++)
        {
            places.Add(await node.Get<PasswordHashingService>().AcquireSlotAsync(timeout));
        }

        // The queue has room for one more request, and the key of the email for two.
        for (var i = 0; i < 3; i++)
        {
            using var hangUp = new CancellationTokenSource();
            var waiting = VerifyAsync(node, 0, hangUp.Token);
            Assert.That(waiting.IsCompleted, Is.False);
            await hangUp.CancelAsync();
            Assert.That(async () => await waiting, Throws.InstanceOf<OperationCanceledException>());
        }

        places.ForEach(place => place.Dispose());
        Assert.That((await VerifyAsync(node, 0, timeout)).IsSuccess);
    }

    [Test]
    public async Task PasswordThatIsHashedAnew_WaitsForNoSecondPlace(CancellationToken timeout)
    {
        using var database = new TestDatabase(DatabaseKind.Sqlite);
        await using var node = await StartAsync(database, maxQueuedPerThread: 20, hasher => hasher
            .Setup(port => port.VerifyHashedPassword(It.IsAny<AppUser>(), It.IsAny<string>(), It.IsAny<string>()))
            .Returns(PasswordVerificationResult.SuccessRehashNeeded));
        await node.AddAccountAsync(EmailOf(0));
        for (var i = 1; i < Begun; i++)
        {
            _ = await node.Get<PasswordHashingService>().AcquireSlotAsync(timeout);
        }

        Assert.That((await VerifyAsync(node, 0, timeout)).Value.Verified, Is.Not.Null);
    }

    [Test]
    [Category("Load")]
    public async Task SignInsThatWaitForAnotherNode_KeepNobodyElseWaiting(CancellationToken timeout)
    {
        using var database = new TestDatabase(DatabaseKind.Sqlite);
        await using var other = await StartAsync(database, maxQueuedPerThread: 20, threads: 3);
        await using var node = await StartAsync(database, maxQueuedPerThread: 20);
        foreach (var number in Enumerable.Range(0, Begun / 2))
        {
            for (var i = 0; i < 5; i++) // the limit of wrong passwords
            {
                Assert.That((await other.ReserveElsewhereAsync(EmailOf(number), Here, timeout)).IsSuccess);
            }
        }

        var waiting = Enumerable.Range(0, Begun).Select(number => VerifyAsync(node, number / 2, timeout)).ToArray();
        await Task.Delay(200, timeout);
        for (var number = Begun; number < Begun + 10; number++)
        {
            Assert.That((await VerifyAsync(node, number, timeout)).IsSuccess);
        }

        Assert.That(waiting.Select(signIn => signIn.IsCompleted), Has.None.True);
        Assert.That(
            (await Task.WhenAll(waiting)).Select(answer => answer.Error?.Code), Has.All.EqualTo("service-unavailable"));
    }

    private static EmailAddress EmailOf(int number) => EmailAddress.Parse($"user{number}@example.com");

    private static Task<Result<PasswordCheck>> VerifyAsync(
        Node node, int number, CancellationToken cancellationToken) =>
        node.WithUsersAsync(users => users.VerifyPasswordAsync(EmailOf(number), Here, "wrong", cancellationToken));

    /// <summary>The number of attempts. Each has two rows, one by email and one by network.</summary>
    private static long Tries(Node node) => (long)node.Sql("SELECT COUNT(*) FROM PasswordAttempts")! / 2;

    private static Task<Node> StartAsync(
        TestDatabase database,
        int maxQueuedPerThread,
        Action<Mock<IPasswordHasher<AppUser>>>? setUp = null,
        int threads = 1)
    {
        var hasher = new Mock<IPasswordHasher<AppUser>>();
        hasher.Setup(port => port.HashPassword(It.IsAny<AppUser>(), It.IsAny<string>())).Returns("hash");
        setUp?.Invoke(hasher);
        return Node.StartAsync(database, configure: services => services
            .Replace(ServiceDescriptor.Singleton(_ => new HashingThreads(threads, maxQueuedPerThread)))
            .Replace(ServiceDescriptor.Singleton(hasher.Object)));
    }
}
