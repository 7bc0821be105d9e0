using BenchmarkDotNet.Attributes;
using CleanJwt.Application.Ports;
using CleanJwt.Benchmarks.Load;
using CleanJwt.Domain.Accounts;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Statements;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Benchmarks;

/// <summary>The cost of the reads and writes that requests wait for.</summary>
[MemoryDiagnoser]
public class Queries
{
    private const int Accounts = 1_000;

    private readonly ServiceFolder _folder = new();
    private readonly List<Guid> _accounts = [];
    private readonly List<Guid> _sessions = [];
    private IDatabase _database = null!;
    private IUserRepository _users = null!;
    private ISessionRepository _repository = null!;
    private int _next;

    [GlobalSetup]
    public async Task OpenAsync()
    {
        var service = await _folder.OpenAsync(Accounts);
        _database = service.Get<IDatabase>();
        _users = service.Get<IUserRepository>();
        _repository = service.Get<ISessionRepository>();
        await using var db = service.CreateContext();
        foreach (var session in await db.Sessions.AsNoTracking().ToListAsync())
        {
            _accounts.Add(session.AccountId);
            _sessions.Add(session.Id);
        }
    }

    [GlobalCleanup]
    public ValueTask CloseAsync() => _folder.DisposeAsync();

    /// <summary>The read of <c>GET /api/users/me</c>, through the repository.</summary>
    [Benchmark]
    public Task<Account?> CurrentUser() => _users.FindAsync(_accounts[Next()], CancellationToken.None);

    /// <summary>The SQL text of that read.</summary>
    [Benchmark]
    public Task<Account?> CurrentUserByText()
    {
        var id = _accounts[Next()];
        return _database.ReadAsync((db, abandoned) => db.FindAccountAsync(id, abandoned), CancellationToken.None);
    }

    /// <summary>The same account as a LINQ query over the same kind of connection.</summary>
    [Benchmark(Baseline = true)]
    public Task<Account?> CurrentUserByLinq()
    {
        var id = _accounts[Next()];
        return _database.ReadAsync(
            async (db, abandoned) =>
            {
                var user = await db.Context.Users.AsNoTracking().SingleOrDefaultAsync(user => user.Id == id, abandoned);
                return user?.ToAccount();
            },
            CancellationToken.None);
    }

    /// <summary>The read of a session with its account.</summary>
    [Benchmark]
    public Task<AccountSession?> SessionToRefresh() => _repository.FindAsync(_sessions[Next()], CancellationToken.None);

    /// <summary>One statement and its commit, while no other work writes.</summary>
    [Benchmark]
    public Task<int> Commit() => _database.WriteOneAsync(
        (db, abandoned) => db.ExecuteAsync(
            $"""UPDATE "Sessions" SET "Generation" = "Generation" + 1 WHERE "Id" = {_sessions[0]}""", abandoned),
        CancellationToken.None);

    private int Next() => _next = (_next + 1) % Accounts;
}
