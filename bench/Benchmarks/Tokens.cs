using BenchmarkDotNet.Attributes;
using CleanJwt.Application.Ports;
using CleanJwt.Benchmarks.Load;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;

namespace CleanJwt.Benchmarks;

/// <summary>The cost of issuing a token, of validating it for the first time, and of validating it again.</summary>
[MemoryDiagnoser]
public class Tokens
{
    private readonly ServiceFolder _folder = new();
    private readonly Session _session = ServiceFolder.NewSession();
    private IAccessTokenService _accessTokens = null!;
    private IRefreshTokenService _refreshTokens = null!;
    private string _accessToken = null!;
    private string _refreshToken = null!;

    [GlobalSetup]
    public async Task OpenAsync()
    {
        var service = await _folder.OpenAsync();
        _accessTokens = service.Get<IAccessTokenService>();
        _refreshTokens = service.Get<IRefreshTokenService>();
        _accessToken = WriteAccessToken().Token;
        _refreshToken = WriteRefreshToken();
        await ReadAgain();
    }

    [GlobalCleanup]
    public ValueTask CloseAsync() => _folder.DisposeAsync();

    [Benchmark]
    public IssuedAccessToken WriteAccessToken() =>
        _accessTokens.Issue(_session, [], _session.Scope, DateTimeOffset.UtcNow);

    /// <summary>Validates without the cache: this method also reads expired tokens, and caches nothing.</summary>
    [Benchmark]
    public ValueTask<Result<AccessToken>> ReadFirst() =>
        _accessTokens.ReadExpiredAsync(_accessToken, CancellationToken.None);

    [Benchmark]
    public ValueTask<Result<AccessToken>> ReadAgain() => _accessTokens.ReadAsync(_accessToken, CancellationToken.None);

    [Benchmark]
    public string WriteRefreshToken() => _refreshTokens.Write(new RefreshToken(_session.Id, _session.Generation));

    [Benchmark]
    public bool ReadRefreshToken() => _refreshTokens.TryRead(_refreshToken, out _);
}
