using System.Data.Common;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Persistence.Statements;
using CleanJwt.Infrastructure.Revocation;

namespace CleanJwt.Infrastructure.IntegrationTests.Revocation;

/// <summary>After an outage a database server answers slowly. A node must learn of revocations all the same.</summary>
[Category("Load")]
internal sealed class SlowPolls
{
    private readonly TestDatabase _database = new(DatabaseKind.Sqlite);
    private TimeSpan _delay;
    private int _opened;

    [TearDown]
    public void Clean() => _database.Dispose();

    [Test]
    public void PollOfMoreThanASecond_IsWaitedForWhileItHelps()
    {
        using var source = SourceWith(TimeSpan.FromSeconds(5));
        var first = source.Read(since: null, _ => { });
        _delay = TimeSpan.FromSeconds(1.5);
        Assert.That(source.Read(first, _ => { }).DatabaseTime, Is.GreaterThan(first.DatabaseTime));
    }

    [Test]
    public void PollThatTimesOut_KeepsItsConnection()
    {
        using var source = SourceWith(TimeSpan.FromSeconds(1));
        var first = source.Read(since: null, _ => { });
        _delay = TimeSpan.FromSeconds(2);
        Assert.That(() => source.Read(first, _ => { }), Throws.InstanceOf<DbException>());
        _delay = TimeSpan.Zero;
        source.Read(first, _ => { });
        Assert.That(_opened, Is.EqualTo(1));
    }

    private RevocationSource SourceWith(TimeSpan maxStaleness) => new(
        () =>
        {
            _opened++;
            return new SlowConnection(_database.Open(), () => _delay);
        },
        RevocationSql.Sqlite,
        new RevocationOptions { MaxStaleness = maxStaleness });
}
