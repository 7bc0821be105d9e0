namespace CleanJwt.Infrastructure.Persistence;

/// <summary>Runs work on the database, each piece with a context of its own.</summary>
internal interface IDatabase
{
    /// <exception cref="DatabaseUnavailableException">The work was not done within <see cref="DatabaseOptions.CommandTimeout"/>.</exception>
    Task<T> ReadAsync<T>(Func<AppDbContext, CancellationToken, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>Runs work in a transaction of its own, which is committed when the work has ended well.</summary>
    /// <exception cref="DatabaseUnavailableException">
    /// The work was not done within <see cref="DatabaseOptions.CommandTimeout"/>, and unless it was being committed just then, it will not be.
    /// </exception>
    Task<T> WriteAsync<T>(Func<AppDbContext, CancellationToken, Task<T>> work, CancellationToken cancellationToken);
}

/// <summary>The database did not answer in time.</summary>
public sealed class DatabaseUnavailableException(string message) : Exception(message);
