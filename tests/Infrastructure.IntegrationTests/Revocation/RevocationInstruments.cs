using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Revocation;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.Infrastructure.IntegrationTests.Revocation;

/// <summary>The instruments of the meter <c>CleanJwt.Revocation</c>.</summary>
[OnDatabases]
[Category("Load")]
internal sealed class RevocationInstruments(DatabaseKind kind)
{
    private const int Patience = 10_000;
    private const string Entries = "cleanjwt.revocation.entries";
    private const string Age = "cleanjwt.revocation.age";
    private const string Learnt = "cleanjwt.revocation.learnt";
    private const string Refused = "cleanjwt.revocation.refused";
    private const string Reuses = "cleanjwt.refresh_token.reuses";

    private readonly TestDatabase _database = new(kind);

    [TearDown]
    public void DeleteFolder() => _database.Dispose();

    [Test]
    public async Task RevocationOfAnotherNode_IsCountedAsLearntAndAsAnEntry()
    {
        await using var node = await StartAsync();
        await using var other = await StartAsync();
        using var instruments = new Instruments(node);
        Assert.That(instruments.Read(Entries), Is.Zero);
        Assert.That(instruments[Learnt], Is.Zero);

        for (var i = 1; i <= 3; i++)
        {
            await EndAsync(other, await StartSessionAsync(other), SessionEndReason.Logout);
            Assert.That(() => instruments.Read(Entries), Is.EqualTo(i).After(Patience, 20));
            Assert.That(instruments[Learnt], Is.EqualTo(i));
        }
    }

    [Test]
    public async Task OwnRevocation_IsAnEntryAtOnceAndStaysOne()
    {
        await using var node = await StartAsync();
        using var instruments = new Instruments(node);
        await EndAsync(node, await StartSessionAsync(node), SessionEndReason.Logout);
        Assert.That(instruments.Read(Entries), Is.EqualTo(1));
        Assert.That(() => instruments[Learnt], Is.EqualTo(1).After(Patience, 20));
        Assert.That(instruments.Read(Entries), Is.EqualTo(1));
    }

    [Test]
    public async Task Age_IsOfTheLastPoll()
    {
        await using var node = new Node(_database);
        _ = node.Get<RevocationList>();
        using var instruments = new Instruments(node);
        Assert.That(
            instruments.Read(Age), Is.EqualTo(TimeSpan.MaxValue.TotalSeconds), "nothing is known before the first");
        await node.PrepareAsync();
        Assert.That(instruments.Read(Age), Is.Not.Negative.And.LessThan(60));

        // The age grows between two polls, and falls with each poll.
        var last = 0d;
        Assert.That(
            () => (last, last = instruments.Read(Age)) is var (before, now) && now < before,
            Is.True.After(Patience, 20));
    }

    [Test]
    public async Task RequestRefusedForStaleness_IsCountedAndOthersAreNot()
    {
        await using var node = await StartAsync(
            new() { ["Revocation:MaxStaleness"] = "00:00:01.1", ["Revocation:PollInterval"] = "00:00:00.1" });
        using var instruments = new Instruments(node);
        var list = node.Get<IRevocationList>();
        var revoked = await StartSessionAsync(node);
        await EndAsync(node, revoked, SessionEndReason.Logout);
        _database.IsSpoilt = true;
        node.Sql("DROP TABLE Revocations");

        Assert.That(() => list.Check(Guid.NewGuid()), Is.EqualTo(RevocationVerdict.Unknown).After(Patience, 20));
        Assert.That(instruments[Refused], Is.EqualTo(1));
        list.Check(Guid.NewGuid());
        Assert.That(instruments[Refused], Is.EqualTo(2));
        Assert.That(
            list.Check(revoked),
            Is.EqualTo(RevocationVerdict.Revoked),
            "what is known to be revoked is no matter of staleness");
        Assert.That(instruments[Refused], Is.EqualTo(2));
    }

    [Test]
    public async Task Reuse_IsCountedOnceASession()
    {
        await using var node = await StartAsync();
        using var instruments = new Instruments(node);
        await EndAsync(node, await StartSessionAsync(node), SessionEndReason.Logout);
        await EndAsync(node, await StartSessionAsync(node), SessionEndReason.EndedByOwner);
        Assert.That(instruments[Reuses], Is.Zero);

        var session = await StartSessionAsync(node);
        await EndAsync(node, session, SessionEndReason.RefreshTokenReused);
        await EndAsync(node, session, SessionEndReason.RefreshTokenReused);
        Assert.That(instruments[Reuses], Is.EqualTo(1));
        await EndAsync(node, await StartSessionAsync(node), SessionEndReason.RefreshTokenReused);
        Assert.That(instruments[Reuses], Is.EqualTo(2));
    }

    private static async Task<Guid> StartSessionAsync(Node node) =>
        (await node.StartSessionAsync(await node.AddAccountAsync())).Id;

    private static Task EndAsync(Node node, Guid sessionId, SessionEndReason reason) =>
        node.EndSessionAsync(sessionId, reason);

    private Task<Node> StartAsync(Dictionary<string, string?>? settings = null) =>
        Node.StartAsync(_database, settings, services => services.AddMetrics());

    /// <summary>The measurements of one node, without those of other nodes in this process.</summary>
    private sealed class Instruments : IDisposable
    {
        private readonly ConcurrentDictionary<string, double> _values = new();
        private readonly MeterListener _listener = new();

        public Instruments(Node node)
        {
            var scope = node.Get<IMeterFactory>();
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "CleanJwt.Revocation" && ReferenceEquals(instrument.Meter.Scope, scope))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>(
                (instrument, value, _, _) => _values.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value));
            _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => _values[instrument.Name] = value);
            _listener.SetMeasurementEventCallback<double>(
                (instrument, value, _, _) => _values[instrument.Name] = value);
            _listener.Start();
        }

        /// <summary>The sum of a counter since the listener started.</summary>
        public double this[string counter] => _values.GetValueOrDefault(counter);

        /// <summary>The current value of a gauge.</summary>
        public double Read(string gauge)
        {
            _listener.RecordObservableInstruments();
            return _values[gauge];
        }

        public void Dispose() => _listener.Dispose();
    }
}
