using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Infrastructure.Keys;
using CleanJwt.Infrastructure.Tokens;

namespace CleanJwt.Benchmarks;

/// <summary>What a token costs that was verified before, and to remember one more where that pushes another out. Neither must grow with how many are remembered.</summary>
[MemoryDiagnoser]
public class RememberedToken
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private static readonly AccessToken Says = new(Guid.NewGuid(), Guid.NewGuid(), ScopeSet.AllowedFor([]), [], Now, Now.AddHours(1));

    private string[] _remembered = [];
    private string[] _pushedOut = [];
    private TokenCache _tokens = null!;
    private string _keyId = null!;
    private int _next;

    [Params(100, 20_000, 1_000_000)]
    public int Remembered { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = SigningKey.Import(ecdsa.ExportPkcs8PrivateKey(), SigningAlgorithms.ES256, Now);
        var keys = new SigningKeyRing(TimeProvider.System);
        keys.Load([key], version: 1);
        _keyId = key.KeyId;
        _tokens = new TokenCache(new TokenCacheOptions { Size = Remembered }, keys);
        var all = Enumerable.Range(0, 2 * Remembered).Select(i => $"{i:D40}").ToList(); // twice as many as fit
        all.ForEach(token => _tokens.Add(token, Says, _keyId));
        _remembered = [.. all.Where(token => _tokens.TryFind(token, Now, out _))];
        _pushedOut = [.. all.Except(_remembered)];
    }

    [Benchmark]
    public bool FindOne() => _tokens.TryFind(_remembered[0], Now, out _);

    /// <summary>With what the processor's caches add when each request has another token.</summary>
    [Benchmark]
    public bool FindMany() => _tokens.TryFind(NextOf(_remembered), Now, out _);

    /// <summary>By the time that one is added again, it has been pushed out once more.</summary>
    [Benchmark]
    public void Add() => _tokens.Add(NextOf(_pushedOut), Says, _keyId);

    private string NextOf(string[] tokens)
    {
        _next = (_next + 1) % tokens.Length;
        return tokens[_next];
    }
}
