namespace CleanJwt.Infrastructure.Persistence;

/// <summary>Runs work on the database, each piece with a context of its own. Where a failure may pass, work is tried again, from its beginning.</summary>
internal interface IDatabase
{
    /// <exception cref="DatabaseUnavailableException">The work was not done in time.</exception>
    Task<T> ReadAsync<T>(Func<AppDbContext, CancellationToken, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>Runs work in a transaction of its own, which is committed when the work has ended well.</summary>
    /// <exception cref="DatabaseUnavailableException">
    /// The work was not done in time, and unless it was being committed just then, it will not be.
    /// </exception>
    Task<T> WriteAsync<T>(Func<AppDbContext, CancellationToken, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>
    /// Runs work of which one statement writes, as a transaction of its own. It may be carried out twice, when the confirmation of the first time was lost: the
    /// caller must be able to tell, or not mind. What it has read may have changed by the time it writes.
    /// </summary>
    /// <inheritdoc cref="WriteAsync"/>
    Task<T> WriteOneAsync<T>(Func<AppDbContext, CancellationToken, Task<T>> work, CancellationToken cancellationToken);
}

/// <summary>The database did not answer in time.</summary>
public sealed class DatabaseUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
