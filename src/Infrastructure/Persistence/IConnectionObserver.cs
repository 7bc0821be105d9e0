using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace CleanJwt.Infrastructure.Persistence;

/// <summary>Sees each connection that requests are served over when it has been opened, whether EF Core has opened it or not.</summary>
public interface IConnectionObserver
{
    void OnOpened(DbConnection connection);
}

/// <summary>Tells the observers.</summary>
internal sealed class ConnectionObservers(IEnumerable<IConnectionObserver> observers) : DbConnectionInterceptor
{
    private readonly IConnectionObserver[] _observers = [.. observers];

    public void OnOpened(DbConnection connection) => Array.ForEach(_observers, observer => observer.OnOpened(connection));

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => OnOpened(connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        OnOpened(connection);
        return Task.CompletedTask;
    }
}
