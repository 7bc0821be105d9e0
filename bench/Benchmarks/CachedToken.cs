using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Infrastructure.Keys;
using CleanJwt.Infrastructure.Tokens;

namespace CleanJwt.Benchmarks;

/// <summary>
/// The cost of finding a verified token in the cache, and of adding one to a full cache. Neither may grow with the size
/// of the cache.
/// </summary>
[MemoryDiagnoser]
public class CachedToken
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private static readonly AccessToken Content =
        new(Guid.NewGuid(), Guid.NewGuid(), ScopeSet.AllowedFor([]), [], Now, Now.AddHours(1), Guid.NewGuid().ToString(), Now, Now);

    private string[] _cached = [];
    private string[] _evicted = [];
    private TokenCache _cache = null!;
    private string _keyId = null!;
    private int _next;

    [Params(100, 20_000, 1_000_000)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = SigningKey.Import(ecdsa.ExportPkcs8PrivateKey(), SigningAlgorithms.ES256, Now);
        var keys = new SigningKeyRing(TimeProvider.System);
        keys.Load([key], version: 1);
        _keyId = key.KeyId;
        _cache = new TokenCache(new TokenCacheOptions { Size = Size }, keys);
        var all = Enumerable.Range(0, 2 * Size).Select(i => $"{i:D40}").ToList(); // twice as many as fit
        all.ForEach(token => _cache.Add(token, Content, _keyId));
        _cached = [.. all.Where(token => _cache.TryFind(token, Now, out _))];
        _evicted = [.. all.Except(_cached)];
    }

    [Benchmark]
    public bool FindOne() => _cache.TryFind(_cached[0], Now, out _);

    /// <summary>A different token each time adds the cache misses of the processor.</summary>
    [Benchmark]
    public bool FindMany() => _cache.TryFind(NextOf(_cached), Now, out _);

    /// <summary>The cache has evicted each token again before its next turn.</summary>
    [Benchmark]
    public void Add() => _cache.Add(NextOf(_evicted), Content, _keyId);

    private string NextOf(string[] tokens)
    {
        _next = (_next + 1) % tokens.Length;
        return tokens[_next];
    }
}
