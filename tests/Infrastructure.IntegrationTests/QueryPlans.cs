using System.Collections.Concurrent;
using System.Data.Common;
using CleanJwt.Application.Abstractions;
using CleanJwt.Application.Paging;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.Infrastructure.IntegrationTests;

/// <summary>How SQLite carries out what is asked of tables that grow: by their indexes, and page by page without sorting.</summary>
internal sealed class QueryPlans
{
    // This index holds only accounts that have a role.
    private const string ScanOfAdministrators = "SCAN a USING INDEX IX_AspNetUsers_Roles";

    private readonly TemporaryFolder _folder = new();
    private readonly PlanRecorder _plans = new();
    private Node _node = null!;
    private Guid _account;

    [SetUp]
    public async Task StartAsync()
    {
        _node = await Node.StartAsync(_folder.Path, configure: services => services.AddSingleton<IInterceptor>(_plans));
        _account = await _node.AddAccountAsync();
        _plans.Reset();
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
            _plans.Lines,
            Is.EqualTo(new[]
            {
                "SCAN a USING INDEX IX_AspNetUsers_CreatedAt_Id", "SEARCH a USING INDEX IX_AspNetUsers_CreatedAt_Id (CreatedAt<?)",
            }));
    }

    [Test]
    public async Task ListOfAccountsByTheirAddress_IsFoundByItsIndexAndThenSorted()
    {
        await _node.Get<IUserDirectory>().ListAsync("ADA", 20, null, default);
        await _node.Get<IUserDirectory>().ListAsync("ADA", 20, Somewhere(), default);
        Assert.That(
            _plans.Lines.Distinct(),
            Is.EqualTo(new[] { "SEARCH a USING INDEX EmailIndex (NormalizedEmail>? AND NormalizedEmail<?)", "USE TEMP B-TREE FOR ORDER BY" }));
    }

    [Test]
    public async Task Trail_IsReadInTheOrderOfItsIndex()
    {
        await _node.Get<IActivityTrail>().ListAsync(_account, 20, null, default);
        await _node.Get<IActivityTrail>().ListAsync(_account, 20, Somewhere(), default);
        Assert.That(
            _plans.Lines,
            Is.EqualTo(new[]
            {
                "SEARCH a USING INDEX IX_Activities_AccountId_At_Id (AccountId=?)",
                "SEARCH a USING INDEX IX_Activities_AccountId_At_Id (AccountId=? AND At<?)",
            }));
    }

    [Test]
    public async Task LastAdministrator_IsFoundByTheIndexOfRoles()
    {
        await _node.Get<IAccountSecurity>().LockAsync(_account, _node.Act(), default);
        Assert.That(Scans, Is.EqualTo(new[] { ScanOfAdministrators }));
    }

    [Test]
    public async Task Deletion_SearchesNoTableFromEndToEnd()
    {
        await _node.Get<IAccountSecurity>().DeleteAsync(_account, _node.Act(), default);
        Assert.That(_plans.Lines, Has.Some.Contains("IX_Activities_OtherAccountId"));
        Assert.That(Scans, Is.Not.Empty.And.All.EqualTo(ScanOfAdministrators));
    }

    [Test]
    public async Task CleanUp_FindsWhatIsOverByIndexes()
    {
        await _node.Get<Persistence.CleanUp>().RunAsync(default);
        Assert.That(_plans.Lines, Has.Some.Contains("IX_Activities_At"));
        Assert.That(Scans, Is.Empty);
    }

    private IEnumerable<string> Scans => _plans.Lines.Where(line => line.StartsWith("SCAN", StringComparison.Ordinal));

    private PageCursor Somewhere() => new(_node.Time.GetUtcNow(), Guid.NewGuid());

    /// <summary>Asks, before each command, how it will be carried out.</summary>
    private sealed class PlanRecorder : DbCommandInterceptor
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> Lines => _lines;

        public void Reset() => _lines.Clear();

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            Explain(command);
            return new(result);
        }

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            Explain(command);
            return new(result);
        }

        private void Explain(DbCommand command)
        {
            using var explain = command.Connection!.CreateCommand();
            explain.Transaction = command.Transaction;
            explain.CommandText = $"EXPLAIN QUERY PLAN {command.CommandText}";
            foreach (DbParameter parameter in command.Parameters)
            {
                var same = explain.CreateParameter();
                (same.ParameterName, same.Value) = (parameter.ParameterName, parameter.Value);
                explain.Parameters.Add(same);
            }

            using var reader = explain.ExecuteReader();
            while (reader.Read())
            {
                _lines.Enqueue(reader.GetString(3));
            }
        }
    }
}
