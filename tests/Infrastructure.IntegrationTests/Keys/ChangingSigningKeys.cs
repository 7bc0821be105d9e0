using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Keys;
using CleanJwt.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.IntegrationTests.Keys;

/// <summary>
/// Changes of the signing keys in the database, by the schedule, by operators, and by several nodes at once.
/// </summary>
[OnDatabases]
internal sealed class ChangingSigningKeys(DatabaseKind kind)
{
    private const int AtOnce = 6;
    private const int PatienceMilliseconds = 10_000;

    private static readonly TimeSpan Notice = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Lead = TimeSpan.FromHours(1);
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    private readonly TestDatabase _database = new(kind);
    private Node? _node;

    private Node Node => _node!;

    private DateTimeOffset Now => Node.Time.GetUtcNow();

    [SetUp]
    public async Task StartAsync() => _node = await Node.StartAsync(_database);

    [TearDown]
    public async Task StopAsync()
    {
        await (_node?.DisposeAsync() ?? default);
        _database.Dispose();
    }

    [Test]
    public async Task SeveralNodesWhoseTimeHasCome_MakeOneKey()
    {
        Node.Time.Advance(Lifetime - Lead);
        await AtOnceAsync(keys => keys.KeepScheduleAsync);
        Assert.That(await KeysAsync(), Has.Count.EqualTo(2));
        Assert.That((await KeysAsync())[1].SignsFrom, Is.EqualTo(Now + Lead));
    }

    [Test]
    public async Task SeveralNodesThatRotate_MakeOneKey()
    {
        await AtOnceAsync(keys => keys.RotateAsync);
        Assert.That(await KeysAsync(), Has.Count.EqualTo(2));
        Assert.That((await KeysAsync())[1].SignsFrom, Is.EqualTo(Now + Notice));
    }

    [Test]
    public async Task SeveralNodesOfAnotherAlgorithm_MakeOneKey()
    {
        await using var other = await OtherAlgorithmAsync();
        await AtOnceAsync(keys => keys.AdoptAlgorithmAsync, other);
        Assert.That((await KeysAsync()).Select(key => key.Algorithm), Is.EqualTo(new[] { "ES256", "ES384" }));
    }

    [Test]
    public async Task SameAlgorithm_AdoptsNothing()
    {
        await ChangeAsync(keys => keys.AdoptAlgorithmAsync);
        Assert.That(await KeysAsync(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task RotatingAgainMeanwhile_DelaysNothing()
    {
        await ChangeAsync(keys => keys.RotateAsync);
        var before = await KeysAsync();
        Node.Time.Advance(Notice / 2);
        await ChangeAsync(keys => keys.RotateAsync);
        Assert.That(await KeysAsync(), Is.EqualTo(before));

        Node.Time.Advance(Notice / 2);
        await ChangeAsync(keys => keys.RotateAsync);
        Assert.That(
            (await KeysAsync()).Select(key => key.SignsFrom),
            Is.EqualTo(new[] { before[0].SignsFrom, before[1].SignsFrom, Now + Notice }));
    }

    [Test]
    public async Task Rotating_HastensTheKeyThatIsPublished()
    {
        var next = await PublishNextAsync();
        await ChangeAsync(keys => keys.RotateAsync);
        Assert.That((await KeysAsync())[1], Is.EqualTo(next with { SignsFrom = Now + Notice }));
        Assert.That(await KeysAsync(), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task AnotherAlgorithm_TakesThePlaceOfTheKeyThatIsPublished([Values] bool byCommand)
    {
        var next = await PublishNextAsync();
        await using var other = await OtherAlgorithmAsync();
        await ChangeAsync(keys => byCommand ? keys.RotateAsync : keys.AdoptAlgorithmAsync, other);

        var keys = await KeysAsync();
        Assert.That(
            keys.Select(key => key.Algorithm),
            Is.EqualTo(new[] { "ES256", "ES384" }),
            "or the one before would come back in an hour");
        Assert.That(keys[1].KeyId, Is.Not.EqualTo(next.KeyId));
        Assert.That(keys[1].SignsFrom, Is.EqualTo(Now + Notice));
    }

    [Test]
    public async Task RetiringTheOneThatSigns_HasTheNextSignAtOnce()
    {
        var next = await PublishNextAsync();
        Assert.That(await RetireAsync((await KeysAsync())[0]));
        Assert.That(await KeysAsync(), Is.EqualTo(new[] { next with { SignsFrom = Now } }));
    }

    [Test]
    public async Task RetiringTheOneThatSigns_DoesNotBringBackOneThatWasReplaced()
    {
        await ChangeAsync(keys => keys.RotateAsync);
        Node.Time.Advance(Notice);
        var (replaced, signing) = ((await KeysAsync())[0], (await KeysAsync())[1]);
        Assert.That(await RetireAsync(signing));

        var keys = await KeysAsync();
        Assert.That(keys, Has.Count.EqualTo(2));
        Assert.That(keys[0], Is.EqualTo(replaced), "its tokens stay good");
        Assert.That(keys[1].KeyId, Is.Not.EqualTo(signing.KeyId));
        Assert.That(keys[1].SignsFrom, Is.EqualTo(Now));
    }

    [Test]
    public async Task RetiringTheOnlyOne_MakesAnother()
    {
        var only = (await KeysAsync()).Single();
        Assert.That(await RetireAsync(only));
        Assert.That((await KeysAsync()).Single().KeyId, Is.Not.EqualTo(only.KeyId));
        Assert.That((await KeysAsync()).Single().SignsFrom, Is.EqualTo(Now));
    }

    [Test]
    public async Task RetiringTheNext_LeavesTheOneThatSigns()
    {
        var signing = (await KeysAsync()).Single();
        Assert.That(await RetireAsync(await PublishNextAsync()));
        Assert.That(await KeysAsync(), Is.EqualTo(new[] { signing }));
    }

    [Test]
    public async Task RetiringAKeyThatIsNotThere_ChangesNothing()
    {
        var before = await KeysAsync();
        Assert.That(await Node.Get<SigningKeyAdministration>().RetireAsync("no-such-key"), Is.False);
        Assert.That(await KeysAsync(), Is.EqualTo(before));
    }

    [Test]
    [Category("Load")]
    public async Task EveryChange_IsSeenByTheNextPollOfAnotherNode()
    {
        await using var other = await Node.StartAsync(_database);
        await SeesAsync("rotating", async () => await ChangeAsync(keys => keys.RotateAsync));
        await SeesAsync("retiring", async () => await RetireAsync((await KeysAsync())[0]));
        Node.Time.Advance(Lifetime * 2);
        await SeesAsync("the schedule", async () => await ChangeAsync(keys => keys.KeepScheduleAsync));
        await SeesAsync("another algorithm", async () =>
        {
            await using var changed = await OtherAlgorithmAsync();
            await ChangeAsync(keys => keys.AdoptAlgorithmAsync, changed);
        });

        async Task SeesAsync(string change, Func<Task> make)
        {
            await make();
            var expected = (await KeysAsync()).ConvertAll(key => key.KeyId);
            Assert.That(
                () =>
                    other.Get<SigningKeyRing>().Keys.Select(key => key.KeyId), Is.EqualTo(expected).After(
                        PatienceMilliseconds, 20), change);
        }
    }

    [Test]
    public async Task TokensUnderUnknownKeys_AreLookedForOnceASecond()
    {
        Assert.That(await AskForAnUnknownKeyAsync(100), Is.EqualTo(1));

        Node.Time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.That(await AskForAnUnknownKeyAsync(100), Is.Zero);

        Node.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(await AskForAnUnknownKeyAsync(100), Is.EqualTo(1));

        // The result is the number of times the keys were read.
        async Task<int> AskForAnUnknownKeyAsync(int times)
        {
            var readings = await Task.WhenAll(
                Enumerable.Range(0, times).Select(
                    _ => Task.Run(() => Node.Get<IKeyRing>().TryReloadAsync(default).AsTask())));
            return readings.Count(wasRead => wasRead);
        }
    }

    [Test]
    public async Task LostDataProtectionKeys_StopTheCommandsBeforeTheyMakeAny([Values] bool retiring)
    {
        var keys = await KeysAsync();
        await Node.DisposeAsync();
        Directory.Delete(Node.KeyFolder, recursive: true);
        await using var command = new Node(_database);
        var administration = command.Get<SigningKeyAdministration>();
        Assert.That(
            () => retiring ? administration.RetireAsync(keys[0].KeyId) : administration.RotateAsync(),
            Throws.TypeOf<Settings.StartException>().With.Message.Contains(Node.KeyFolder));
        Assert.That(Directory.Exists(Node.KeyFolder) && Directory.EnumerateFiles(Node.KeyFolder).Any(), Is.False);
        Assert.That(await KeysAsync(command), Is.EqualTo(keys));
    }

    [Test]
    public async Task List_SaysWhatEachKeyDoesAndWhenItIsOver()
    {
        await ChangeAsync(keys => keys.RotateAsync);
        Node.Time.Advance(Notice);
        await ChangeAsync(keys => keys.RotateAsync);
        var keys = await KeysAsync();
        var next = keys[2];
        var listed = await Node.Get<SigningKeyAdministration>().ListAsync();
        Assert.That(listed, Is.EqualTo(new[]
        {
            new SigningKeyInfo(
                keys[0].KeyId, "ES256", "verifies", keys[0].SignsFrom, keys[1].SignsFrom + TimeSpan.FromMinutes(65)),
            new SigningKeyInfo(
                keys[1].KeyId, "ES256", "signs", keys[1].SignsFrom, next.SignsFrom + TimeSpan.FromMinutes(65)),
            new SigningKeyInfo(next.KeyId, "ES256", "next", next.SignsFrom, LastTokenExpiresAt: null),
        }));
    }

    private Task<Node> OtherAlgorithmAsync() => StartAtSameTimeAsync(new() { ["Jwt:SigningAlgorithm"] = "ES384" });

    private async Task<Node> StartAtSameTimeAsync(Dictionary<string, string?> settings)
    {
        var node = await Node.StartAsync(_database, settings);
        node.Time.AdjustTime(Now);
        return node;
    }

    private Task AtOnceAsync(
        Func<SigningKeyStore, Func<AppDbContext, NewSigningKey, CancellationToken, Task>> change, Node? node = null) =>
        Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(() => ChangeAsync(change, node))));

    // Each call uses its own context, as another node would.
    private async Task ChangeAsync(
        Func<SigningKeyStore, Func<AppDbContext, NewSigningKey, CancellationToken, Task>> change, Node? node = null)
    {
        node ??= Node;
        var store = node.Get<SigningKeyStore>();
        var created = store.CreateKey();
        await node.WithDatabaseAsync(async db =>
        {
            await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
            {
                db.ChangeTracker.Clear();
                await using var transaction = await db.Database.BeginTransactionAsync();
                await change(store)(db, created, default);
                await transaction.CommitAsync();
            });
            return true;
        });
    }

    private async Task<Key> PublishNextAsync()
    {
        Node.Time.Advance(Lifetime - Lead);
        await ChangeAsync(keys => keys.KeepScheduleAsync);
        var next = (await KeysAsync())[^1];
        Assert.That(next.SignsFrom, Is.EqualTo(Now + Lead));
        return next;
    }

    private Task<bool> RetireAsync(Key key) => Node.Get<SigningKeyAdministration>().RetireAsync(key.KeyId);

    private Task<List<Key>> KeysAsync(Node? node = null) => (node ?? Node).WithDatabaseAsync(db => db.SigningKeys
        .OrderBy(key => key.SignsFrom).ThenBy(key => key.Sequence)
        .Select(key => new Key(key.KeyId, key.Algorithm, key.SignsFrom))
        .ToListAsync());

    private sealed record Key(string KeyId, string Algorithm, DateTimeOffset SignsFrom);
}
