using System.Data.Common;
using CleanJwt.Infrastructure.Persistence;

namespace CleanJwt.Infrastructure.IntegrationTests.Support;

/// <summary>
/// Counts the round trips that the same work would take to a database server: one for each call on a connection, and
/// two for a transaction.
/// </summary>
internal sealed class CountingDatabase(IDatabase database) : IDatabase, IDisposable
{
    private const int BeginAndCommit = 2;

    private int _roundTrips;

    public int RoundTrips => _roundTrips;

    public void Reset() => _roundTrips = 0;

    public Task<T> ReadAsync<T>(
        Func<DatabaseConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        database.ReadAsync(Counted(work), cancellationToken);

    public Task<T> WriteAsync<T>(
        Func<DatabaseConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        Interlocked.Add(ref _roundTrips, BeginAndCommit);
        return database.WriteAsync(Counted(work), cancellationToken);
    }

    public Task<T> WriteOneAsync<T>(
        Func<DatabaseConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        database.WriteOneAsync(Counted(work), cancellationToken);

    public void Dispose() => (database as IDisposable)?.Dispose();

    private Func<DatabaseConnection, CancellationToken, Task<T>> Counted<T>(
        Func<DatabaseConnection, CancellationToken, Task<T>> work) =>
        (db, abandoned) => work(new Connection(this, db), abandoned);

    private DatabaseConnection Count(DatabaseConnection db)
    {
        Interlocked.Increment(ref _roundTrips);
        return db;
    }

    private sealed class Connection(CountingDatabase counter, DatabaseConnection db) : DatabaseConnection
    {
        public override AppDbContext Context => counter.Count(db).Context;

        public override Task<int> ExecuteAsync(FormattableString statement, CancellationToken cancellationToken) =>
            counter.Count(db).ExecuteAsync(statement, cancellationToken);

        public override Task<IReadOnlyList<int>> ExecuteAllAsync(
            IReadOnlyList<FormattableString> statements, CancellationToken cancellationToken) =>
            counter.Count(db).ExecuteAllAsync(statements, cancellationToken);

        public override Task<T?> ExecuteAllThenFindAsync<T>(
            IReadOnlyList<FormattableString> statements,
            FormattableString query,
            Func<DbDataReader, T> read,
            CancellationToken cancellationToken)
            where T : default => counter.Count(db).ExecuteAllThenFindAsync(statements, query, read, cancellationToken);

        public override Task<List<T>> ListAsync<T>(
            FormattableString query, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
            counter.Count(db).ListAsync(query, read, cancellationToken);

        public override Task<T?> FindAsync<T>(
            FormattableString query, Func<DbDataReader, T> read, CancellationToken cancellationToken)
            where T : default => counter.Count(db).FindAsync(query, read, cancellationToken);
    }
}
