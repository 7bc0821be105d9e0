using System.Data.Common;
using System.Diagnostics;
using CleanJwt.Domain.Accounts;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CleanJwt.Infrastructure.IntegrationTests.Persistence;

/// <summary>
/// What becomes of work whose SQL Server fails in the middle. The server is an interceptor here: it answers everything
/// and fails when told to.
/// </summary>
internal sealed class SqlServerRetries
{
    private const int Deadlock = 1205;
    private const int TimeOut = -2;
    private const int MaxTries = 3;

    private readonly TemporaryFolder _folder = new();
    private readonly ScriptedServer _server = new();
    private readonly List<DbContextId> _contexts = [];
    private Node _node = null!;

    private IDatabase Database => _node.Get<IDatabase>();

    [SetUp]
    public void MakeNode() => _node = new Node(
        _folder.Path,
        new()
        {
            ["Database:Provider"] = "SqlServer",
            ["ConnectionStrings:Default"] = "Server=nowhere;Database=cleanjwt"
        },
        services => services.AddSingleton<IInterceptor>(_server));

    [TearDown]
    public async Task StopAsync()
    {
        await _node.DisposeAsync();
        _folder.Dispose();
    }

    [TestCase(Deadlock, TestName = "{m}(deadlock)")]
    [TestCase(547, TestName = "{m}(foreign key)")]
    [TestCase(10054, TestName = "{m}(lost connection)")]
    [Category("Load")] // it waits between its attempts
    public async Task FailureThatPasses_IsTriedAgainFromTheBeginningWithAFreshContext(int number)
    {
        Assert.That(await WriteAsync(failures: MaxTries - 1, number), Is.EqualTo("done"));
        Assert.That(_contexts, Has.Count.EqualTo(MaxTries).And.Unique);
        Assert.That(_server.Begun, Is.EqualTo(MaxTries), "transactions");
        Assert.That(_server.Committed, Is.EqualTo(1));
    }

    [Test]
    [Category("Load")] // it waits between its attempts
    public void FailureThatStays_IsToldAfterThreeTries()
    {
        Assert.That(
            () => WriteAsync(failures: int.MaxValue, Deadlock),
            Throws.Exception.Matches<Exception>(exception => DatabaseErrors.IsOutage(exception!)));
        Assert.That(_contexts, Has.Count.EqualTo(MaxTries));
        Assert.That(_server.Committed, Is.Zero);
    }

    /// <summary>Whoever asked has waited long enough.</summary>
    [Test]
    public void TimeOut_IsNotTriedAgain()
    {
        Assert.That(
            () => WriteAsync(failures: 1, TimeOut),
            Throws.Exception.Matches<Exception>(exception => DatabaseErrors.IsOutage(exception!)));
        Assert.That(_contexts, Has.Count.EqualTo(1));
    }

    [TestCase(2601)]
    [TestCase(2627)]
    public void UniqueViolation_IsAnAnswer(int number)
    {
        Assert.That(
            () => WriteAsync(failures: 1, number),
            Throws.Exception.Matches<Exception>(exception => DatabaseErrors.IsUniqueViolation(exception!)));
        Assert.That(_contexts, Has.Count.EqualTo(1));
    }

    /// <summary>
    /// Without XACT_ABORT a batch goes on after its first error, and reports what that led to as well.
    /// </summary>
    [Test]
    public void UniqueViolationWithItsConsequence_IsAnAnswer()
    {
        Assert.That(
            () => Database.WriteAsync<bool>((_, _) => Fail(), default),
            Throws.Exception.Matches<Exception>(exception => DatabaseErrors.IsUniqueViolation(exception!)));
        Assert.That(_server.Begun, Is.EqualTo(1));

        static Task<bool> Fail() => throw new DbUpdateException("both", SqlServerErrors.Number(2627, 547));
    }

    [Test]
    public async Task RegistrationOfATakenAddress_IsRefusedAsTaken()
    {
        _server.OnOpen = _ =>
            throw new Microsoft.EntityFrameworkCore.Storage.RetryLimitExceededException(
                "given up", SqlServerErrors.Number(2627, 547));
        var result = await _node.AddAccountAsync(EmailAddress.Parse("ada@example.com"));
        Assert.That(result.Error, Is.EqualTo(AccountErrors.EmailTaken));
    }

    [Test]
    public async Task Read_IsTriedAgain()
    {
        Assert.That(
            await Database.ReadAsync((db, _) => RunAsync(db.Context, failures: 1, Deadlock), default),
            Is.EqualTo("done"));
        Assert.That(_contexts, Has.Count.EqualTo(2).And.Unique);
        Assert.That(_server.Begun, Is.Zero);
    }

    [Test]
    public async Task SingleStatement_IsTriedAgain()
    {
        Assert.That(
            await Database.WriteOneAsync((db, _) => RunAsync(db.Context, failures: 1, Deadlock), default),
            Is.EqualTo("done"));
        Assert.That(_contexts, Has.Count.EqualTo(2).And.Unique);
    }

    /// <summary>It may have been committed.</summary>
    [TestCase(Deadlock)]
    [TestCase(TimeOut)]
    [TestCase(0)]
    public void FailureWhileCommitting_IsAnOutageAndNotTriedAgain(int number)
    {
        _server.OnCommit = () => throw SqlServerErrors.Number(number);
        Assert.That(() => WriteAsync(failures: 0, number), Throws.TypeOf<DatabaseUnavailableException>());
        Assert.That(_contexts, Has.Count.EqualTo(1));
    }

    [Test]
    [CancelAfter(30_000)]
    [Category("Load")]
    public void ConnectionThatNeverAnswers_IsGivenUpInTime(CancellationToken timeout)
    {
        _server.OnOpen = cancellationToken => Task.Delay(Timeout.Infinite, cancellationToken);
        var waited = Stopwatch.StartNew();
        Assert.That(
            () => WriteAsync(failures: 0, Deadlock).WaitAsync(timeout), Throws.TypeOf<DatabaseUnavailableException>());
        Assert.That(waited.Elapsed, Is.EqualTo(TimeSpan.FromSeconds(8)).Within(TimeSpan.FromSeconds(1.5)));
    }

    [Test]
    [CancelAfter(30_000)]
    [Category("Load")]
    public async Task HealthCheck_AnswersWithinFiveSeconds(CancellationToken timeout)
    {
        _server.OnOpen = cancellationToken => Task.Delay(Timeout.Infinite, cancellationToken);
        var waited = Stopwatch.StartNew();
        var report = await _node.Get<HealthCheckService>().CheckHealthAsync(check => check.Name == "database", timeout);
        Assert.That(report.Status, Is.EqualTo(HealthStatus.Unhealthy));
        Assert.That(waited.Elapsed, Is.LessThan(TimeSpan.FromSeconds(5)));
    }

    [Test]
    [CancelAfter(30_000)]
    [Category("Load")]
    public void ConnectionThatHearsNothing_IsGivenUpInTime(CancellationToken timeout)
    {
        _server.OnOpen = _ => Task.Delay(Timeout.Infinite, timeout); // it does not even hear that nobody waits any more
        var waited = Stopwatch.StartNew();
        Assert.That(
            () => WriteAsync(failures: 0, Deadlock).WaitAsync(timeout), Throws.TypeOf<DatabaseUnavailableException>());
        Assert.That(waited.Elapsed, Is.LessThan(TimeSpan.FromSeconds(9.5)));
    }

    [Test]
    [CancelAfter(30_000)]
    public void Caller_IsLetGoAtOnce(CancellationToken timeout)
    {
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(timeout);
        _server.OnOpen = cancellationToken =>
        {
            caller.CancelAfter(TimeSpan.FromMilliseconds(100));
            return Task.Delay(Timeout.Infinite, cancellationToken);
        };
        var waited = Stopwatch.StartNew();
        Assert.That(
            () => WriteAsync(failures: 0, Deadlock, caller.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(waited.Elapsed, Is.LessThan(TimeSpan.FromSeconds(5)));
    }

    [Test]
    public void CallerThatGoesDuringTheWork_FindsNothingCommitted()
    {
        using var caller = new CancellationTokenSource();
        Assert.That(
            () => Database.WriteAsync(
                async (_, _) =>
                {
                    await caller.CancelAsync();
                    return true;
                },
                caller.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(() => _server.RolledBack + _server.Committed, Is.EqualTo(1).After(5_000, 20));
        Assert.That(_server.Committed, Is.Zero);
    }

    private Task<string> WriteAsync(int failures, int number, CancellationToken cancellationToken = default) =>
        Database.WriteAsync((db, _) => RunAsync(db.Context, failures, number), cancellationToken);

    /// <summary>Work whose first tries fail.</summary>
    private Task<string> RunAsync(AppDbContext db, int failures, int number)
    {
        Assert.That(db.ChangeTracker.Entries(), Is.Empty);
        db.Guards.Add(new GuardRow { Name = "left behind" });
        _contexts.Add(db.ContextId);
        return _contexts.Count > failures ? Task.FromResult("done") : throw SqlServerErrors.Number(number);
    }

    /// <summary>Lets nothing out to the network.</summary>
    private sealed class ScriptedServer : IDbConnectionInterceptor, IDbTransactionInterceptor
    {
        private int _begun;
        private int _committed;
        private int _rolledBack;

        public Func<CancellationToken, Task> OnOpen { get; set; } = _ => Task.CompletedTask;

        public Action OnCommit { get; set; } = () => { };

        public int Begun => _begun;

        public int Committed => _committed;

        public int RolledBack => _rolledBack;

        public async ValueTask<InterceptionResult> ConnectionOpeningAsync(
            DbConnection connection, ConnectionEventData eventData, InterceptionResult result,
            CancellationToken cancellationToken = default)
        {
            await OnOpen(cancellationToken);
            return InterceptionResult.Suppress();
        }

        public ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
            DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result,
            CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _begun);
            return ValueTask.FromResult(
                InterceptionResult<DbTransaction>.SuppressWithResult(new Transaction(this, connection)));
        }

        private sealed class Transaction(ScriptedServer server, DbConnection connection) : DbTransaction
        {
            private bool _isOver;

            public override System.Data.IsolationLevel IsolationLevel => System.Data.IsolationLevel.ReadCommitted;

            protected override DbConnection DbConnection => connection;

            public override void Commit()
            {
                server.OnCommit();
                _isOver = true;
                Interlocked.Increment(ref server._committed);
            }

            public override void Rollback() => Dispose(true);

            protected override void Dispose(bool disposing)
            {
                if (!_isOver)
                {
                    _isOver = true;
                    Interlocked.Increment(ref server._rolledBack);
                }

                base.Dispose(disposing);
            }
        }
    }
}
