using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Keys;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CleanJwt.Infrastructure.Tokens;

/// <summary>Issues and verifies access tokens (RFC 9068) with Microsoft's JWT library.</summary>
internal sealed class JwtAccessTokenService(
    JwtOptions options, SigningKeyRing keys, IKeyRing keyRing, TokenCache cache, TimeProvider time)
    : IAccessTokenService
{
    private static readonly string[] AcceptedTypes = ["at+jwt", "application/at+jwt"]; // RFC 9068, section 4

    // The library adds alg and kid.
    private static readonly Dictionary<string, object> HeaderMembers = new() { ["typ"] = AcceptedTypes[0] };

    private readonly JsonWebTokenHandler _library = new()
    {
        SetDefaultTimesOnTokenCreation = false,
        MapInboundClaims = false,
    };

    public IssuedAccessToken Issue(Session session, IReadOnlyList<string> roles, ScopeSet scope, DateTimeOffset now)
    {
        var issuedAt = WholeSeconds(now);
        var expiresAt = WholeSeconds(Earlier(issuedAt + options.AccessTokenLifetime, session.ExpiresAt));
        var claims = new AccessTokenClaims
        {
            Iss = options.Issuer!, // the settings check requires it
            Aud = options.Audience,
            Exp = expiresAt.ToUnixTimeSeconds(),
            Iat = issuedAt.ToUnixTimeSeconds(),
            Nbf = issuedAt.ToUnixTimeSeconds(),
            Sub = session.AccountId,
            ClientId = options.ClientId,
            Jti = Guid.NewGuid(),
            Sid = session.Id,
            Scope = scope.ToString(),
            AuthTime = session.AuthTime.ToUnixTimeSeconds(),
            Acr = AcrNames.Of(session.Acr),
            Amr = session.Amr.Split(' '),
            Roles = roles.Count > 0 ? [.. roles] : null,
        };
        var token = _library.CreateToken(
            JsonSerializer.Serialize(claims, AccessTokenClaims.Json), keys.Current.Credentials, HeaderMembers);
        return new IssuedAccessToken(token, expiresAt - issuedAt, expiresAt);
    }

    public ValueTask<Result<AccessToken>> ReadAsync(string token, CancellationToken cancellationToken) =>
        TryGetCached(token.AsMemory(), out var cached)
            ? ValueTask.FromResult<Result<AccessToken>>(cached)
            : VerifyUnexpiredAsync(token, cancellationToken);

    public bool TryGetCached(ReadOnlyMemory<char> token, [NotNullWhen(true)] out AccessToken? says) =>
        cache.TryFind(token.Span, time.GetUtcNow(), out says);

    public async ValueTask<Result<AccessToken>> ReadExpiredAsync(string token, CancellationToken cancellationToken) =>
        await VerifyAsync(token, cancellationToken) is { } claimed ? claimed.Token : AccessTokenErrors.InvalidToken;

    private async ValueTask<Result<AccessToken>> VerifyUnexpiredAsync(string token, CancellationToken cancellationToken)
    {
        if (await VerifyAsync(token, cancellationToken) is not { } claimed)
        {
            return AccessTokenErrors.InvalidToken;
        }

        var now = time.GetUtcNow();
        if (claimed.Token.ExpiresAt + ClockSkew.Max <= now)
        {
            return AccessTokenErrors.TokenExpired;
        }

        if (now < claimed.Token.ExpiresAt) // the cache allows no clock skew
        {
            cache.Add(token, claimed.Token, claimed.KeyId);
        }

        return claimed.Token;
    }

    /// <returns>
    /// The claims, which may have expired. Null unless this service signed the token for its audience.
    /// </returns>
    private async ValueTask<ClaimedAccessToken?> VerifyAsync(string token, CancellationToken cancellationToken)
    {
        var latest = time.GetUtcNow() + ClockSkew.Max;
        if (AccessTokenGate.Read(token) is not { } claimed
            || await FindKeyAsync(claimed.KeyId, cancellationToken) is not { } key
            || claimed.Algorithm != key.Algorithm
            || claimed.Token.IssuedAt > latest
            || claimed.Token.NotBefore > latest)
        {
            return null;
        }

        var verification = await _library.ValidateTokenAsync(token, ValidationParameters(key));
        return verification.IsValid ? claimed : null;
    }

    private async ValueTask<SigningKey?> FindKeyAsync(string keyId, CancellationToken cancellationToken) =>
        keys.TryFind(keyId, out var key)
        || (await keyRing.TryReloadAsync(cancellationToken) && keys.TryFind(keyId, out key))
            ? key
            : null;

    // VerifyAsync compares the times itself. The library reads only the system clock, and reports an expired token like
    // any other error.
    private TokenValidationParameters ValidationParameters(SigningKey key) => new()
    {
        ValidIssuer = options.Issuer,
        ValidAudience = options.Audience,
        IgnoreTrailingSlashWhenValidatingAudience = false,
        ValidAlgorithms = [key.Algorithm],
        IssuerSigningKey = key.PublicKey,
        TryAllIssuerSigningKeys = false,
        RequireSignedTokens = true,
        TypeValidator = (type, _, _) => AcceptedTypes.Contains(type, StringComparer.OrdinalIgnoreCase)
            ? type
            : throw new SecurityTokenInvalidTypeException(),
        ValidateLifetime = false,
        LogValidationExceptions = false,
    };

    private static DateTimeOffset WholeSeconds(DateTimeOffset moment) =>
        DateTimeOffset.FromUnixTimeSeconds(moment.ToUnixTimeSeconds());

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
