using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>A connection to the SQLite file that stays open between pieces of work.</summary>
/// <remarks>SQLite's calls block, so every task that this returns is complete.</remarks>
/// <param name="connection">An open connection. This disposes of it.</param>
/// <param name="model">The model of the context. Asking for a context before it is built fails.</param>
/// <param name="createContext">Creates a context over the connection.</param>
internal sealed class SqliteDatabaseConnection(
    SqliteConnection connection,
    SqliteFileGuard guard,
    EntityModel model,
    Func<SqliteConnection, AppDbContext> createContext) : DatabaseConnection, IDisposable
{
    private readonly SqliteStatements _statements = new(connection);
    private SqliteTransaction? _transaction;
    private AppDbContext? _context;

    /// <exception cref="ModelNotBuiltException">The work has to run again once the model is built.</exception>
    public override AppDbContext Context
    {
        get
        {
            _context ??= CreateContext();
            if (_context.Database.CurrentTransaction?.GetDbTransaction() != _transaction)
            {
                _context.Database.UseTransaction(_transaction);
            }

            return _context;
        }
    }

    public override Task<int> ExecuteAsync(FormattableString statement, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(_statements.Execute(statement, _transaction));
    }

    public override Task<IReadOnlyList<int>> ExecuteAllAsync(
        IReadOnlyList<FormattableString> statements, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult<IReadOnlyList<int>>(
            [.. statements.Select(statement => _statements.Execute(statement, _transaction))]);
    }

    public override Task<T?> ExecuteAllThenFindAsync<T>(
        IReadOnlyList<FormattableString> statements,
        FormattableString query,
        Func<DbDataReader, T> read,
        CancellationToken cancellationToken)
        where T : default
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var statement in statements)
        {
            _statements.Execute(statement, _transaction);
        }

        return Task.FromResult(_statements.Find(query, read, _transaction));
    }

    public override Task<List<T>> ListAsync<T>(
        FormattableString query, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(_statements.List(query, read, _transaction));
    }

    public override Task<T?> FindAsync<T>(
        FormattableString query, Func<DbDataReader, T> read, CancellationToken cancellationToken)
        where T : default
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(_statements.Find(query, read, _transaction));
    }

    /// <inheritdoc/>
    public override void CheckFile() => guard.Check();

    /// <summary>Runs work to its end on the calling thread.</summary>
    /// <remarks>The task is already complete, because the async methods for SQLite run synchronously.</remarks>
    public T Run<T>(
        Func<DatabaseConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        work(this, cancellationToken).GetAwaiter().GetResult();

    /// <summary>
    /// Runs work in a transaction, which is committed if the work returns true and rolled back otherwise.
    /// </summary>
    /// <returns>What the work returned.</returns>
    public bool RunInTransaction(Func<bool> work)
    {
        using var transaction = connection.BeginTransaction();
        _transaction = transaction;
        try
        {
            if (!work())
            {
                return false;
            }

            CheckFile();
            transaction.Commit();
            return true;
        }
        finally
        {
            _transaction = null;
            _context?.Database.UseTransaction(null);
        }
    }

    /// <summary>Lets the next piece of work begin without the entities that this one has loaded.</summary>
    public void EndWork() => _context?.ChangeTracker.Clear();

    public void Dispose()
    {
        _context?.Dispose();
        connection.Dispose();
    }

    private AppDbContext CreateContext()
    {
        if (!model.IsBuilt)
        {
            throw new ModelNotBuiltException();
        }

        var context = createContext(connection);
        context.Database.AutoSavepointsEnabled = false;
        return context;
    }
}
