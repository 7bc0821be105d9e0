using System.Data.Common;

namespace CleanJwt.Infrastructure.Persistence;

/// <summary>
/// Opens connections outside the pool, for polls: they must not wait for requests, nor longer than a poll may take.
/// </summary>
internal interface IPollingConnections
{
    /// <exception cref="DbException">The database does not answer.</exception>
    DbConnection OpenForPolling();
}
