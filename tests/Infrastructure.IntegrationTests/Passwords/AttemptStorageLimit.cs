using System.Net;
using CleanJwt.Application.Callers;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Results;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Passwords.Throttle;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Maintenance;
using CleanJwt.Infrastructure.Persistence.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CleanJwt.Infrastructure.IntegrationTests.Passwords;

/// <summary>The table of attempts stays within its limit, for however many addresses strangers try passwords.</summary>
[OnDatabases]
[Category("Exhaustive")]
internal sealed class AttemptStorageLimit(DatabaseKind kind)
{
    private const int Bound = 20;
    private static readonly ClientNetwork Here = ClientNetwork.Of(IPAddress.Parse("192.0.2.1"));

    [Test]
    public async Task MoreAddressesThanThereIsRoomFor_ShareRows()
    {
        using var database = new TestDatabase(kind);
        await using var node = await StartAsync(database);
        for (var i = 0; i < 50; i++)
        {
            await FailAsync(node, Address(i));
        }

        Assert.That(RowsOfTheirOwn(node), Is.EqualTo(Bound));
        Assert.That(SharedRows(node), Is.Positive.And.LessThanOrEqualTo(80));
    }

    [Test]
    public async Task WhoeverHasARow_KeepsIt()
    {
        using var database = new TestDatabase(kind);
        await using var node = await StartAsync(database);
        await FailAsync(node, Address(0), 3);
        for (var i = 1; i < 30; i++)
        {
            await FailAsync(node, Address(i));
        }

        await FailAsync(node, Address(0), 2);
        Assert.That((await ReserveAsync(node, Address(0))).Error?.Code, Is.EqualTo("too-many-attempts"));
    }

    [Test]
    public async Task WhoeverSharesARow_IsCountedWithTheOthersAndClearsNothingOfTheirs()
    {
        using var database = new TestDatabase(kind);
        await using var node = await StartAsync(database);
        for (var i = 0; i < 30; i++)
        {
            await FailAsync(node, Address(i));
        }

        var (one, other) = Alike(node.Get<AttemptKeys>());
        await FailAsync(node, one, 4);
        await using (var right = (await ReserveAsync(node, other)).Value)
        {
            await right.SettleRightAsync();
        }

        await FailAsync(node, other, 1);
        Assert.That((await ReserveAsync(node, one)).Error?.Code, Is.EqualTo("too-many-attempts"));
    }

    [Test]
    public async Task RowsOfAnotherNode_TakeUpRoom()
    {
        using var database = new TestDatabase(kind);
        await using var node = await StartAsync(database);
        await using var other = await StartAsync(database);
        await Task.WhenAll(new[] { node, other }.Select(async (on, number) =>
        {
            for (var i = 0; i < 30; i++)
            {
                await FailAsync(on, Address((100 * number) + i));
            }
        }));

        Assert.That(
            RowsOfTheirOwn(node),
            Is.LessThanOrEqualTo(Bound + 4),
            "each may make those of one sign-in before it counts again");
    }

    [Test]
    public async Task RowsThatAreOver_MakeRoom()
    {
        using var database = new TestDatabase(kind);
        await using var node = await StartAsync(database);
        for (var i = 0; i < 30; i++)
        {
            await FailAsync(node, Address(i));
        }

        node.Time.Advance(TimeSpan.FromHours(1));
        await node.Get<CleanUp>().RunAsync(default);
        await node.Get<PasswordThrottle>().CountRowsAsync(default);
        await FailAsync(node, Address(99));
        Assert.That((RowsOfTheirOwn(node), SharedRows(node)), Is.EqualTo((2L, 0L)));
    }

    private static Task<Node> StartAsync(TestDatabase database) => Node.StartAsync(
        database, configure: services => services.Replace(ServiceDescriptor.Singleton(new ThrottleLimits(Bound))));

    private static EmailAddress Address(int number) => EmailAddress.Parse($"stranger{number}@example.com");

    private static Task<Result<AttemptReservation>> ReserveAsync(Node node, EmailAddress email) =>
        node.Get<PasswordThrottle>().ReserveAsync(email, Here, default);

    private static async Task FailAsync(Node node, EmailAddress email, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            await using var reserved = (await ReserveAsync(node, email)).Value;
            await reserved.SettleWrongAsync();
        }
    }

    /// <returns>Two addresses that have the same row when they share one.</returns>
    private static (EmailAddress One, EmailAddress Other) Alike(AttemptKeys keys)
    {
        var seen = new Dictionary<string, EmailAddress>();
        for (var i = 0; ; i++)
        {
            var email = EmailAddress.Parse($"alike{i}@example.com");
            if (!seen.TryAdd(Convert.ToHexString(keys.Of(email, Here).Shared.Value), email))
            {
                return (seen[Convert.ToHexString(keys.Of(email, Here).Shared.Value)], email);
            }
        }
    }

    private static long RowsOfTheirOwn(Node node) =>
        (long)node.Sql($"SELECT COUNT(*) FROM PasswordAttempts WHERE {Length(node)} = {AttemptKey.Size}")!;

    private static long SharedRows(Node node) =>
        (long)node.Sql($"SELECT COUNT(*) FROM PasswordAttempts WHERE {Length(node)} = 3")!;

    private static string Length(Node node) =>
        node.Get<IDatabase>() is SqliteDatabase ? "length(\"Key\")" : "DATALENGTH([Key])";
}
