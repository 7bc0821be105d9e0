namespace CleanJwt.Infrastructure.Persistence;

/// <summary>
/// Runs pieces of work on the database, each over a connection that no other work uses meanwhile. After a transient
/// failure work runs again from its beginning, so it must change nothing outside the database.
/// </summary>
internal interface IDatabase
{
    /// <exception cref="DatabaseUnavailableException">The database did not answer in time.</exception>
    Task<T> ReadAsync<T>(
        Func<DatabaseConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>
    /// Runs work in a transaction, which is committed when the work returns and rolled back when it throws.
    /// </summary>
    /// <exception cref="DatabaseUnavailableException">
    /// The work was not done in time, and will not be done. The one exception is a database that stopped answering in
    /// the middle of a commit.
    /// </exception>
    Task<T> WriteAsync<T>(
        Func<DatabaseConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>
    /// Runs work with a single writing statement, which is a transaction by itself. After a lost confirmation the
    /// statement may run a second time: the caller must recognise its own change, or the statement must do no harm
    /// twice. The rows that the work has read may have changed by the time it writes.
    /// </summary>
    /// <inheritdoc cref="WriteAsync"/>
    Task<T> WriteOneAsync<T>(
        Func<DatabaseConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken);
}

/// <summary>The database did not answer in time.</summary>
public sealed class DatabaseUnavailableException(string message, Exception? innerException = null) : Exception(
    message, innerException);
