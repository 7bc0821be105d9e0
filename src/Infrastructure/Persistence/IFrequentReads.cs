using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;

namespace CleanJwt.Infrastructure.Persistence;

/// <summary>What nearly every request waits for, each the quickest way that its kind of database has.</summary>
/// <remarks>All throw <see cref="DatabaseUnavailableException"/> as <see cref="IDatabase.ReadAsync"/> does.</remarks>
internal interface IFrequentReads
{
    /// <returns>Null when there is no such account.</returns>
    Task<Account?> FindAccountAsync(Guid id, CancellationToken cancellationToken);

    /// <inheritdoc cref="AppDbContext.FindSessionAsync"/>
    Task<AccountSession?> FindSessionAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Reads a table: a connection alone can be had from a pool, or be to an empty file.</summary>
    Task ProbeAsync(CancellationToken cancellationToken);
}

/// <summary>Has EF Core do them, with queries that are compiled once.</summary>
internal sealed class CompiledReads(IDatabase database) : IFrequentReads
{
    public Task<Account?> FindAccountAsync(Guid id, CancellationToken cancellationToken) =>
        database.ReadAsync((db, abandoned) => db.Queries.AccountById(db, id, abandoned), cancellationToken);

    public Task<AccountSession?> FindSessionAsync(Guid id, CancellationToken cancellationToken) =>
        database.ReadAsync((db, abandoned) => db.FindSessionAsync(id, abandoned), cancellationToken);

    public Task ProbeAsync(CancellationToken cancellationToken) =>
        database.ReadAsync((db, abandoned) => db.Queries.AnySigningKey(db, abandoned), cancellationToken);
}
