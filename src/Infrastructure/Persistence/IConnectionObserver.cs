using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace CleanJwt.Infrastructure.Persistence;

/// <summary>Is told of each opened connection that serves requests, whether EF Core opened it or not.</summary>
public interface IConnectionObserver
{
    void OnOpened(DbConnection connection);
}

/// <summary>Notifies the observers of connections that EF Core opens.</summary>
internal sealed class ConnectionObservers(IEnumerable<IConnectionObserver> observers) : DbConnectionInterceptor
{
    private readonly IConnectionObserver[] _observers = [.. observers];

    public void OnOpened(DbConnection connection) =>
        Array.ForEach(_observers, observer => observer.OnOpened(connection));

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) =>
        OnOpened(connection);

    public override Task ConnectionOpenedAsync(
        DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        OnOpened(connection);
        return Task.CompletedTask;
    }
}
