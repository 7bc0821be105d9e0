using System.Data.Common;
using CleanJwt.Infrastructure.Persistence;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.Infrastructure.IntegrationTests.Support;

/// <summary>
/// Fails a write at one of its steps: at a use of the connection, or after the last one and before the commit.
/// </summary>
internal sealed class FailingCommands
{
    private int _left = int.MaxValue;

    public void AddTo(IServiceCollection services) => services.DecorateDatabase(real => new Database(this, real));

    /// <summary>Fails at this step, counted from one.</summary>
    public void FailAt(int step) => _left = step;

    public void Stop() => _left = int.MaxValue;

    private void Step()
    {
        if (--_left == 0)
        {
            throw new InvalidOperationException("The test fails this step.");
        }
    }

    private sealed class Database(FailingCommands steps, IDatabase database) : IDatabase, IDisposable
    {
        public Task<T> ReadAsync<T>(
            Func<DatabaseConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
            database.ReadAsync(work, cancellationToken);

        public Task<T> WriteAsync<T>(
            Func<DatabaseConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
            database.WriteAsync(
                async (db, abandoned) =>
                {
                    var result = await work(new Connection(steps, db), abandoned);
                    steps.Step();
                    return result;
                },
                cancellationToken);

        public Task<T> WriteOneAsync<T>(
            Func<DatabaseConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
            database.WriteOneAsync(work, cancellationToken);

        public void Dispose() => (database as IDisposable)?.Dispose();
    }

    private sealed class Connection(FailingCommands steps, DatabaseConnection db) : DatabaseConnection
    {
        private DatabaseConnection Next
        {
            get
            {
                steps.Step();
                return db;
            }
        }

        public override AppDbContext Context => Next.Context;

        public override Task<int> ExecuteAsync(FormattableString statement, CancellationToken cancellationToken) =>
            Next.ExecuteAsync(statement, cancellationToken);

        public override Task<IReadOnlyList<int>> ExecuteAllAsync(
            IReadOnlyList<FormattableString> statements, CancellationToken cancellationToken) =>
            Next.ExecuteAllAsync(statements, cancellationToken);

        public override Task<T?> ExecuteAllThenFindAsync<T>(
            IReadOnlyList<FormattableString> statements,
            FormattableString query,
            Func<DbDataReader, T> read,
            CancellationToken cancellationToken)
            where T : default => Next.ExecuteAllThenFindAsync(statements, query, read, cancellationToken);

        public override Task<List<T>> ListAsync<T>(
            FormattableString query, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
            Next.ListAsync(query, read, cancellationToken);

        public override Task<T?> FindAsync<T>(
            FormattableString query, Func<DbDataReader, T> read, CancellationToken cancellationToken)
            where T : default => Next.FindAsync(query, read, cancellationToken);
    }
}
