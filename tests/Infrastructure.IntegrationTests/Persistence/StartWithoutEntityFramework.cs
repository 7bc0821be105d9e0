using System.Diagnostics;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Statements;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace CleanJwt.Infrastructure.IntegrationTests.Persistence;

/// <summary>
/// A start over a database that is up to date, and what nearly every request reads, do not wait for EF Core, which
/// costs a start a third of its time.
/// </summary>
[Category("Exhaustive")]
internal sealed class StartWithoutEntityFramework : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string,
object?>>
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<IDisposable> _subscriptions = [];
    private int _contexts;

    [TearDown]
    public void Clean()
    {
        _subscriptions.ForEach(subscription => subscription.Dispose());
        _folder.Dispose();
    }

    [Test]
    public async Task LaterStartAndReads_UseNoContext([Values] bool migrateOnStart)
    {
        Guid accountId;
        await using (var first = await Node.StartAsync(_folder.Path))
        {
            accountId = await first.AddAccountAsync();
        }

        _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
        await using var node = await Node.StartAsync(
            _folder.Path, new() { ["Database:MigrateOnStart"] = migrateOnStart.ToString() });
        Assert.That(await node.Get<IUserRepository>().FindAsync(accountId, default), Is.Not.Null);
        Assert.That(await node.Get<ISessionRepository>().FindAsync(Guid.CreateVersion7(), default), Is.Null);
        await node.Get<IDatabase>().ReadAsync((db, abandoned) => db.CountSigningKeysAsync(abandoned), default);
        Assert.That(_contexts, Is.Zero);

        await node.Get<ISessionRepository>().EndAsync(
            Guid.CreateVersion7(), SessionEndReason.Logout, node.Audit(), default);
        Assert.That(_contexts, Is.AtLeast(1), "a write makes one, and is seen to");
    }

    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener value)
    {
        if (value.Name == DbLoggerCategory.Name)
        {
            _subscriptions.Add(value.Subscribe(this));
        }
    }

    // Other tests make contexts meanwhile, over databases of their own.
    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key == CoreEventId.ContextInitialized.Name
            && RelationalOptionsExtension.Extract(
                ((ContextInitializedEventData)value.Value!).ContextOptions) is var options
            && (options.ConnectionString ?? options.Connection?.ConnectionString)?.Contains(
                _folder.Path, StringComparison.Ordinal) == true)
        {
            Interlocked.Increment(ref _contexts);
        }
    }

    void IObserver<DiagnosticListener>.OnCompleted()
    {
    }

    void IObserver<DiagnosticListener>.OnError(Exception error)
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnCompleted()
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnError(Exception error)
    {
    }
}
