using System.Data.Common;
using CleanJwt.Infrastructure.Settings;

namespace CleanJwt.Infrastructure.Persistence.Setup;

/// <summary>What is done to a database before it is served, which differs from one kind to another.</summary>
internal interface IDatabaseSetup
{
    /// <summary>What an operator knows it by, without anything secret.</summary>
    string Name { get; }

    /// <summary>Waits for a database that does not answer yet, as long as <see cref="DatabaseOptions.StartTimeout"/> allows.</summary>
    /// <returns>False when it is not there, or has not had every migration.</returns>
    /// <exception cref="StartException">It was not reached in time, with the reason in one line.</exception>
    Task<bool> IsUpToDateAsync(CancellationToken cancellationToken);

    /// <summary>A context without time-outs that suit requests. Only for a database that is there.</summary>
    AppDbContext OpenContext();

    /// <summary>Likewise a connection: where that is enough, the start need not wait for EF Core.</summary>
    DbConnection OpenConnection();

    /// <summary>Makes the database or brings it up to date, while nobody else does. Does no harm when it was killed in the middle before.</summary>
    /// <param name="complete">What is to be done under the same lock, once the tables are there.</param>
    /// <inheritdoc cref="IsUpToDateAsync"/>
    Task MigrateAsync(Func<Task> complete, CancellationToken cancellationToken);
}
