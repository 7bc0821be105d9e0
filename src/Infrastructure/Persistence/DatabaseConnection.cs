using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Persistence;

/// <summary>
/// The open connection that one piece of work runs over. SQL text and EF Core share it, and share its transaction if
/// there is one.
/// </summary>
/// <remarks>
/// In a <see cref="FormattableString"/> each hole is a parameter, never text. Pass a moment as UTC <see
/// cref="DateTime"/> and an enumeration as its number, as the columns store them. Identifiers stand in ANSI double
/// quotes, which every provider understands. One thread at a time may use a connection.
/// </remarks>
internal abstract class DatabaseConnection
{
    /// <summary>
    /// The EF Core context over this connection. It is created when it is first asked for, so work that runs text alone
    /// never waits for EF Core's model.
    /// </summary>
    public abstract AppDbContext Context { get; }

    /// <summary>Executes a statement that returns no rows.</summary>
    /// <returns>The number of rows that it changed.</returns>
    public abstract Task<int> ExecuteAsync(FormattableString statement, CancellationToken cancellationToken);

    /// <summary>Executes statements in their order. A database server gets them in one round trip.</summary>
    /// <remarks>
    /// A server may execute the later ones after an earlier one has failed, so outside a transaction no statement may
    /// rely on the one before it.
    /// </remarks>
    /// <returns>The number of rows that each has changed.</returns>
    public abstract Task<IReadOnlyList<int>> ExecuteAllAsync(
        IReadOnlyList<FormattableString> statements, CancellationToken cancellationToken);

    /// <summary>
    /// Executes statements in their order, and then a query. A database server gets them in one round trip.
    /// </summary>
    /// <inheritdoc cref="ExecuteAllAsync" path="/remarks"/>
    /// <param name="read">Reads the query's row.</param>
    /// <returns>The query's first row. Null when there is none.</returns>
    public abstract Task<T?> ExecuteAllThenFindAsync<T>(
        IReadOnlyList<FormattableString> statements,
        FormattableString query,
        Func<DbDataReader, T> read,
        CancellationToken cancellationToken);

    /// <summary>Runs a query.</summary>
    /// <param name="read">Reads one row. The reader stands on it, and must not be moved.</param>
    /// <returns>All rows, in the order of the query.</returns>
    public abstract Task<List<T>> ListAsync<T>(
        FormattableString query, Func<DbDataReader, T> read, CancellationToken cancellationToken);

    /// <summary>Runs a query that finds at most one row, such as one by a unique key.</summary>
    /// <param name="read">Reads the row.</param>
    /// <returns>Null when there is no row.</returns>
    public abstract Task<T?> FindAsync<T>(
        FormattableString query, Func<DbDataReader, T> read, CancellationToken cancellationToken);

    /// <summary>Checks that a later connection finds what is written here. An open file can be moved away.</summary>
    /// <exception cref="DatabaseUnavailableException">The file was moved, replaced or deleted.</exception>
    public virtual void CheckFile()
    {
    }

    /// <summary>Opens the ADO.NET connection, for commands that also run over connections without a context.</summary>
    public async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        await Context.Database.OpenConnectionAsync(cancellationToken);
        return Context.Database.GetDbConnection();
    }
}
