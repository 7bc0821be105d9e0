namespace CleanJwt.Infrastructure.Persistence;

/// <summary>Runs work on the database, each with a context of its own.</summary>
internal interface IDatabase
{
    /// <exception cref="DatabaseUnavailableException">
    /// The work was not done within <see cref="DatabaseOptions.CommandTimeout"/>. What had begun by then may still be done.
    /// </exception>
    Task<T> RunAsync<T>(Func<AppDbContext, Task<T>> work, CancellationToken cancellationToken);
}

/// <summary>The database did not answer in time.</summary>
public sealed class DatabaseUnavailableException(string message) : Exception(message);
