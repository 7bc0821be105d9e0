using CleanJwt.Domain.Accounts;
using CleanJwt.Infrastructure.Accounts;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Statements;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.IntegrationTests.Accounts;

/// <summary>
/// The account as the hottest query finds it, which on SQLite is written by hand: the same as the model says.
/// </summary>
[OnDatabases]
internal sealed class CurrentAccounts(DatabaseKind kind)
{
    private readonly TestDatabase _database = new(kind);
    private Node _node = null!;

    private static IEnumerable<TestCaseData> Changes()
    {
        yield return Row("AsRegistered", _ => { });
        yield return Row("WithAName", user => user.DisplayName = "Ünïcode 🙂 '\"");
        yield return Row("WithAnEmptyName", user => user.DisplayName = "");
        yield return Row("WithOneRole", user => user.Roles = "admin");
        yield return Row("WithSeveralRoles", user => user.Roles = "admin auditor");
        yield return Row("Confirmed", user => user.EmailConfirmed = true);
        yield return Row("Changed", user =>
            (user.Version, user.UpdatedAt) = (
                int.MaxValue, new DateTimeOffset(2031, 12, 31, 23, 59, 59, 999, TimeSpan.Zero)));
        yield return Row(
            "AtAFullSecond", user => user.CreatedAt = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));
        yield return Row(
            "WithAllDigitsOfTime", user => user.CreatedAt = new DateTimeOffset(638_000_000_001_234_567, TimeSpan.Zero));

        static TestCaseData Row(string name, Action<AppUser> change) =>
            new TestCaseData(change).SetArgDisplayNames(name);
    }

    [SetUp]
    public async Task StartAsync() => _node = await Node.StartAsync(_database);

    [TearDown]
    public async Task StopAsync()
    {
        await _node.DisposeAsync();
        _database.Dispose();
    }

    [TestCaseSource(nameof(Changes))]
    [Category("Exhaustive")]
    public async Task Account_IsWhatTheModelSays(Action<AppUser> change)
    {
        var id = await _node.AddAccountAsync();
        Assert.That(await FindAsync(id), Is.Not.Null, "its statement is prepared before the change");
        await _node.WithDatabaseAsync(async db =>
        {
            change(await db.Users.SingleAsync(user => user.Id == id));
            return await db.SaveChangesAsync();
        });
        var expected = await _node.WithDatabaseAsync(async db =>
        {
            var user = await db.Users.AsNoTracking().SingleAsync(user => user.Id == id);
            return user.ToAccount();
        });
        var found = await FindAsync(id);
        Assert.That(found!.Roles, Is.EqualTo(expected.Roles));
        Assert.That(found with { Roles = expected.Roles }, Is.EqualTo(expected));
    }

    [Test]
    public async Task AccountThatIsGone_IsNotFound()
    {
        var id = await _node.AddAccountAsync();
        Assert.That(await FindAsync(id), Is.Not.Null);
        await _node.WithDatabaseAsync(db => db.Users.Where(user => user.Id == id).ExecuteDeleteAsync());
        Assert.That(await FindAsync(id), Is.Null);
    }

    [Test]
    public async Task OwnChange_IsSeenByWhoeverLooksInItsTransaction()
    {
        var id = await _node.AddAccountAsync();
        var name = await _node.Get<IDatabase>().WriteAsync(
            async (db, abandoned) =>
            {
                await db.Context.Users.Where(user => user.Id == id)
                    .ExecuteUpdateAsync(set => set.SetProperty(user => user.DisplayName, "changed"), abandoned);
                return (await db.FindAccountAsync(id, abandoned))?.DisplayName;
            },
            default);
        Assert.That(name, Is.EqualTo("changed"));
        Assert.That((await FindAsync(id))?.DisplayName, Is.EqualTo("changed"));
    }

    private Task<Account?> FindAsync(Guid id) => _node.WithUsersAsync(users => users.FindAsync(id, default));
}
