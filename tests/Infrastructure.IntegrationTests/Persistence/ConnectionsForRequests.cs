using System.Data;
using System.Data.Common;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Sqlite;

namespace CleanJwt.Infrastructure.IntegrationTests.Persistence;

/// <summary>Connections that are kept open beside EF Core's, which nobody but their opener closes.</summary>
internal sealed class ConnectionsForRequests
{
    [Test]
    public async Task ConnectionThatCannotBePrepared_IsClosed()
    {
        using var folder = new TemporaryFolder();
        await using var node = await Node.StartAsync(folder.Path);
        var failing = new FailingObserver();

        Assert.That(
            () => node.Get<SqliteFile>().Open(new ConnectionObservers([failing])),
            Throws.InstanceOf<InvalidDataException>());
        Assert.That(failing.Seen?.State, Is.EqualTo(ConnectionState.Closed));
    }

    private sealed class FailingObserver : IConnectionObserver
    {
        public DbConnection? Seen { get; private set; }

        public void OnOpened(DbConnection connection)
        {
            Seen = connection;
            throw new InvalidDataException("of the observer");
        }
    }
}
