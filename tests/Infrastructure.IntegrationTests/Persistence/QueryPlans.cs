using System.Collections.Concurrent;
using System.Data.Common;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Paging;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Maintenance;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using SQLitePCL;

namespace CleanJwt.Infrastructure.IntegrationTests.Persistence;

/// <summary>
/// How SQLite carries out what is asked of tables that grow: by their indexes, and page by page without sorting.
/// </summary>
[Category("Exhaustive")]
internal sealed class QueryPlans
{
    // This index holds only accounts that have a role.
    private const string ScanOfAdministrators = "SCAN a USING INDEX IX_AspNetUsers_Roles";

    private readonly TemporaryFolder _folder = new();
    private readonly RanStatements _ran = new();
    private Node _node = null!;
    private Guid _account;

    [SetUp]
    public async Task StartAsync()
    {
        _node = await Node.StartAsync(
            _folder.Path, configure: services => services.AddSingleton<IConnectionObserver>(_ran));
        _account = await _node.AddAccountAsync();
        _ran.Statements.Clear();
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _node.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task ListOfAccounts_IsReadInTheOrderOfItsIndex()
    {
        await _node.Get<IUserDirectory>().ListAsync(null, 20, null, default);
        await _node.Get<IUserDirectory>().ListAsync(null, 20, Somewhere(), default);
        Assert.That(
            Plans,
            Is.EqualTo(new[]
            {
                "SCAN a USING INDEX IX_AspNetUsers_CreatedAt_Id",
                "SEARCH a USING INDEX IX_AspNetUsers_CreatedAt_Id (CreatedAt<?)",
            }));
    }

    [Test]
    public async Task ListOfAccountsByTheirAddress_IsFoundByItsIndexAndThenSorted()
    {
        await _node.Get<IUserDirectory>().ListAsync("ADA", 20, null, default);
        await _node.Get<IUserDirectory>().ListAsync("ADA", 20, Somewhere(), default);
        Assert.That(
            Plans.Distinct(),
            Is.EqualTo(new[] { "SEARCH a USING INDEX EmailIndex (NormalizedEmail>? AND NormalizedEmail<?)",
                "USE TEMP B-TREE FOR ORDER BY" }));
    }

    [Test]
    public async Task Trail_IsReadInTheOrderOfItsIndex()
    {
        await _node.Get<IAuditLog>().ListAsync(_account, 20, null, default);
        await _node.Get<IAuditLog>().ListAsync(_account, 20, Somewhere(), default);
        Assert.That(
            Plans,
            Is.EqualTo(new[]
            {
                "SEARCH a USING INDEX IX_AuditEntries_AccountId_At_Id (AccountId=?)",
                "SEARCH a USING INDEX IX_AuditEntries_AccountId_At_Id (AccountId=? AND At<?)",
            }));
    }

    [Test]
    public async Task LastAdministrator_IsFoundByTheIndexOfRoles()
    {
        await _node.Get<IAccountSecurity>().LockAsync(_account, _node.Audit(), default);
        Assert.That(Scans, Is.EqualTo(new[] { ScanOfAdministrators }));
    }

    [Test]
    public async Task Deletion_SearchesNoTableFromEndToEnd()
    {
        await _node.Get<IAccountSecurity>().DeleteAsync(_account, _node.Audit(), default);
        Assert.That(Plans, Has.Some.Contains("IX_AuditEntries_OtherAccountId"));
        Assert.That(Scans, Is.Not.Empty.And.All.EqualTo(ScanOfAdministrators));
    }

    /// <summary>
    /// A table of its own, for a list of keys or for an order, has SQLite ask for some ninety kilobytes that are mapped
    /// anew each time.
    /// </summary>
    [Test]
    public async Task SignIn_SearchesByIndexesAndMakesNoTableOfItsOwn()
    {
        var email = EmailAddress.Parse("ada@example.com");
        var account = (await _node.AddAccountAsync(email)).Value;
        _ran.Statements.Clear();
        for (var i = 0; i < 2; i++) // once the tries have a row, and an older session is there
        {
            var check = await _node.WithUsersAsync(
                users => users.VerifyPasswordAsync(email, ClientNetwork.Unknown, Node.Password, default));
            Assert.That(check.Value.Verified, Is.Not.Null);
            await _node.StartSessionAsync(account.Id);
        }

        Assert.That(Plans, Has.Some.Contains("PasswordAttempts").And.Some.Contains("EmailIndex")
            .And.Some.Contains("IX_Sessions_AccountId"));
        Assert.That(Scans, Is.Empty);
        Assert.That(
            Explain("EXPLAIN", column: 1),
            Does.Contain("IdxInsert").And.Not.Contain("OpenEphemeral").And.Not.Contain("SorterOpen"));
    }

    [Test]
    public async Task CleanUp_FindsWhatIsOverByIndexes()
    {
        await _node.Get<CleanUp>().RunAsync(default);
        Assert.That(Plans, Has.Some.Contains("IX_AuditEntries_At"));
        Assert.That(Scans, Is.Empty);
    }

    private IEnumerable<string> Scans => Plans.Where(line => line.StartsWith("SCAN", StringComparison.Ordinal));

    /// <summary>Of what was run since the account was there.</summary>
    private List<string> Plans => Explain("EXPLAIN QUERY PLAN", column: 3);

    private List<string> Explain(string how, int column)
    {
        using var connection = new SqliteConnection($"Data Source={_node.DatabasePath};Pooling=False");
        connection.Open();
        return [.. _ran.Statements.SelectMany(statement => connection.Texts($"{how} {statement}", column))];
    }

    private PageCursor Somewhere() => new(_node.Time.GetUtcNow(), Guid.NewGuid());

    /// <summary>
    /// What SQLite says it has run, with the values of parameters, by which an index of some rows alone is taken or
    /// not. SQLite prepares anew where they matter.
    /// </summary>
    private sealed class RanStatements : IConnectionObserver
    {
        public ConcurrentQueue<string> Statements { get; } = new();

        public void OnOpened(DbConnection connection) =>
            raw.sqlite3_trace(
                ((SqliteConnection)connection).Handle, (_, statement) => Statements.Enqueue(statement), null);
    }
}
