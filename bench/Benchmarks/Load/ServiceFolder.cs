using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Sessions;
using Microsoft.Data.Sqlite;

namespace CleanJwt.Benchmarks.Load;

/// <summary>A temporary database for one benchmark. Disposing deletes it.</summary>
internal sealed class ServiceFolder : IAsyncDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("cleanjwt-bench-").FullName;
    private ServiceDatabase? _service;

    public static Session NewSession()
    {
        var now = DateTimeOffset.UtcNow;
        return new Session
        {
            Id = Guid.CreateVersion7(now),
            AccountId = Guid.CreateVersion7(now),
            CreatedAt = now,
            LastSeenAt = now,
            ExpiresAt = now.AddDays(14),
            Scope = ScopeSet.AllowedFor([]),
            AuthTime = now,
            Amr = "pwd",
        };
    }

    /// <param name="accounts">The number of accounts to create first, with one session each.</param>
    public async Task<ServiceDatabase> OpenAsync(int accounts = 0)
    {
        if (accounts > 0)
        {
            await Seeding.RunAsync(_path, accounts);
        }

        return _service = await ServiceDatabase.OpenAsync(_path);
    }

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }

        SqliteConnection.ClearAllPools();
        Directory.Delete(_path, recursive: true);
    }
}
