using System.Data.Common;
using CleanJwt.Infrastructure.Settings;

namespace CleanJwt.Infrastructure.Persistence.Setup;

/// <summary>Prepares a database before it is served. Each provider has its own way.</summary>
internal interface IDatabaseSetup
{
    /// <summary>The name by which an operator knows the database. It holds no secret.</summary>
    string Name { get; }

    /// <summary>
    /// Waits up to <see cref="DatabaseOptions.StartTimeout"/> for a database that does not answer yet.
    /// </summary>
    /// <returns>False when the database does not exist, or lacks a migration.</returns>
    /// <exception cref="StartException">
    /// The database was not reached in time. The message gives the reason in one line.
    /// </exception>
    Task<bool> IsUpToDateAsync(CancellationToken cancellationToken);

    /// <summary>Opens a context without the time-outs of requests, on an existing database.</summary>
    AppDbContext OpenContext();

    /// <summary>Opens a connection without the time-outs of requests. It spares the start EF Core's model.</summary>
    DbConnection OpenConnection();

    /// <summary>Checks the server's own settings, and opens connections for the first requests.</summary>
    /// <exception cref="StartException">A setting of the server would break the service.</exception>
    Task PrepareToServeAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Creates the database or brings it up to date, under a lock. It completes a migration whose process was killed.
    /// </summary>
    /// <param name="complete">Runs under the same lock when all tables exist.</param>
    /// <inheritdoc cref="IsUpToDateAsync"/>
    Task MigrateAsync(Func<Task> complete, CancellationToken cancellationToken);
}
