using System.Data.Common;
using System.Security.Cryptography;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Keys;
using CleanJwt.Infrastructure.Tokens;
using Microsoft.Extensions.Time.Testing;

namespace CleanJwt.Infrastructure.IntegrationTests.Tokens;

/// <summary>
/// The cache of verified tokens: the tokens it holds, their data, and the time for which it holds them.
/// </summary>
internal sealed class TokenCaching
{
    private const int Size = 100;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly SigningKeyRing _keys;
    private readonly TokenCache _remembered;
    private readonly JwtAccessTokenService _service;

    public TokenCaching()
    {
        _keys = new SigningKeyRing(_time);
        _keys.Load([NewKey()], version: 1);
        _remembered = new TokenCache(new TokenCacheOptions { Size = Size }, _keys);
        var options = new JwtOptions { Issuer = "https://auth.example.com", AccessTokenLifetime = Lifetime };
        _service = new JwtAccessTokenService(options, _keys, new NoOtherKeys(), _remembered, _time);
    }

    [Test]
    public async Task SecondLook_SaysTheSameAndVerifiesNothing()
    {
        var token = Issue();
        var first = (await _service.ReadAsync(token, default)).Value;
        var second = (await _service.ReadAsync(token, default)).Value;
        Assert.That(second, Is.SameAs(first));

        var recalled = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            recalled += _service.TryGetCached(token.AsMemory(), out var third) && third == first ? 1 : 0;
        }

        Assert.That(
            GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero, "a verification makes hundreds of objects");
        Assert.That(recalled, Is.EqualTo(100));
    }

    [Test]
    public void TokenThatWasNotReadYet_IsNotRecalled() =>
        Assert.That(_service.TryGetCached(Issue().AsMemory(), out _), Is.False);

    [Test]
    public async Task Expiry_IsNotOutlived()
    {
        var token = Issue();
        Assert.That((await _service.ReadAsync(token, default)).IsSuccess);
        _time.Advance(Lifetime - TimeSpan.FromSeconds(1));
        Assert.That(_remembered.TryFind(token, _time.GetUtcNow(), out _));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(_remembered.TryFind(token, _time.GetUtcNow(), out _), Is.False);
        Assert.That(_remembered.Count, Is.Zero, "it is dropped");
        Assert.That((await _service.ReadAsync(token, default)).IsSuccess, "clocks that differ are forgiven");
        Assert.That(_remembered.Count, Is.Zero, "and it is not taken up again meanwhile");
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.That((await _service.ReadAsync(token, default)).Error, Is.EqualTo(AccessTokenErrors.TokenExpired));
        Assert.That(_remembered.Count, Is.Zero, "nor afterwards");
    }

    [Test]
    public async Task KeyThatIsRetired_TakesItsTokensWithIt()
    {
        var (retired, next) = (_keys.Current, NewKey());
        var token = Issue();
        Assert.That((await _service.ReadAsync(token, default)).IsSuccess);
        _keys.Load([retired, next], version: 2);
        Assert.That((await _service.ReadAsync(token, default)).IsSuccess, "another key beside it changes nothing");
        _keys.Load([next], version: 3);
        Assert.That((await _service.ReadAsync(token, default)).Error, Is.EqualTo(AccessTokenErrors.InvalidToken));
        Assert.That(_remembered.Count, Is.Zero);
    }

    [Test]
    public async Task TokensThatFail_AreNotRemembered()
    {
        var token = Issue();
        var signature = token.LastIndexOf('.') + 1;
        for (var i = 0; i < 20; i++)
        {
            var forged = token[..signature] + (token[signature] == 'A' ? 'B' : 'A') + token[(signature + 1)..];
            foreach (var bad in new[] { forged + i, forged, token + "=", token + "\u0441", $"{i}.{token}",
                new string('a', 9_000), "", "Ä.Ö.Ü" })
            {
                Assert.That((await _service.ReadAsync(bad, default)).IsSuccess, Is.False);
            }
        }

        Assert.That(_remembered.Count, Is.Zero);
    }

    [Test]
    public async Task TokenThatIsReadForItsEnd_IsNotRemembered()
    {
        Assert.That((await _service.ReadExpiredAsync(Issue(), default)).IsSuccess);
        Assert.That(_remembered.Count, Is.Zero);
    }

    [Test]
    public async Task MoreTokensThanFit_PushOthersOut()
    {
        for (var i = 0; i < 3 * Size; i++)
        {
            var token = Issue();
            Assert.That((await _service.ReadAsync(token, default)).IsSuccess);
            Assert.That((await _service.ReadAsync(token, default)).IsSuccess);
        }

        Assert.That(_remembered.Count, Is.InRange(Size / 2, Size));
    }

    [Test]
    [NonParallelizable] // the test measures the whole process
    public void FullAtItsDefaultSize_TakesLessThan64MiB()
    {
        var options = new TokenCacheOptions();
        var remembered = new TokenCache(options, _keys);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 2 * options.Size; i++)
        {
            // The entries share no objects, as if the service had parsed every token.
            var says = new AccessToken(
                Guid.NewGuid(), Guid.NewGuid(),
                ScopeSet.ParseKnown("account:read account:write users:read users:write"), [new string("admin")],
                _time.GetUtcNow(), _time.GetUtcNow() + Lifetime,
                Guid.NewGuid().ToString(), _time.GetUtcNow(), _time.GetUtcNow());
            remembered.Add($"token {i}", says, new string('k', 43));
        }

        var taken = GC.GetTotalMemory(forceFullCollection: true) - before;
        TestContext.Out.WriteLine($"{remembered.Count:N0} entries, {taken / 1024.0 / 1024.0:F1} MiB");
        Assert.That(remembered.Count, Is.InRange(options.Size / 2, options.Size));
        Assert.That(taken, Is.InRange(1024 * 1024, 64 * 1024 * 1024));
    }

    private static SigningKey NewKey()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return SigningKey.Import(ecdsa.ExportPkcs8PrivateKey(), SigningAlgorithms.ES256, DateTimeOffset.UnixEpoch);
    }

    private string Issue()
    {
        var now = _time.GetUtcNow();
        var session = new Session
        {
            Id = Guid.CreateVersion7(now),
            AccountId = Guid.CreateVersion7(now),
            CreatedAt = now,
            LastSeenAt = now,
            ExpiresAt = now.AddDays(14),
            Scope = ScopeSet.AllowedFor([]),
            AuthTime = now,
            Amr = "pwd",
        };
        return _service.Issue(session, [], session.Scope, now).Token;
    }

    private sealed class NoOtherKeys : IKeyRing
    {
        public void Load(DbConnection connection) => Reload();

        public long Version => 1;

        public void Reload()
        {
        }

        public ValueTask<bool> TryReloadAsync(CancellationToken cancellationToken) => ValueTask.FromResult(false);
    }
}
