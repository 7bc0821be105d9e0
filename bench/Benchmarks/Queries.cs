using BenchmarkDotNet.Attributes;
using CleanJwt.Application.Ports;
using CleanJwt.Benchmarks.Load;
using CleanJwt.Domain.Accounts;
using CleanJwt.Infrastructure.Persistence;
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
    private ServiceDatabase _service = null!;
    private IUserRepository _users = null!;
    private ISessionRepository _repository = null!;
    private int _next;

    [GlobalSetup]
    public async Task OpenAsync()
    {
        _service = await _folder.OpenAsync(Accounts);
        _users = _service.Get<IUserRepository>();
        _repository = _service.Get<ISessionRepository>();
        await using var db = _service.CreateContext();
        foreach (var session in await db.Sessions.AsNoTracking().ToListAsync())
        {
            _accounts.Add(session.AccountId);
            _sessions.Add(session.Id);
        }
    }

    [GlobalCleanup]
    public ValueTask CloseAsync() => _folder.DisposeAsync();

    /// <summary>The read of <c>GET /api/users/me</c>.</summary>
    [Benchmark]
    public Task<Account?> CurrentUser() => _users.FindAsync(_accounts[Next()], CancellationToken.None);

    /// <summary>The same read as a LINQ query over a pooled context, which opens its connection each time.</summary>
    [Benchmark(Baseline = true)]
    public async Task<string?> CurrentUserByLinq()
    {
        var id = _accounts[Next()];
        await using var db = _service.CreateContext();
        return await db.Users.AsNoTracking()
            .Where(user => user.Id == id)
            .Select(user => user.Email)
            .SingleOrDefaultAsync();
    }

    [Benchmark]
    public Task<AccountSession?> SessionToRefresh() => _repository.FindAsync(_sessions[Next()], CancellationToken.None);

    /// <summary>One statement and its commit, while no other work writes.</summary>
    [Benchmark]
    public Task<int> Commit() => _service.Get<IDatabase>().WriteOneAsync(
        (db, abandoned) => db.ExecuteAsync(
            $"UPDATE Sessions SET Generation = Generation + 1 WHERE Id = {_sessions[0]}", abandoned),
        CancellationToken.None);

    private int Next() => _next = (_next + 1) % Accounts;
}
