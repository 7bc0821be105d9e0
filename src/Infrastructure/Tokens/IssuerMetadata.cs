using CleanJwt.Application.Abstractions;
using CleanJwt.Infrastructure.Keys;

namespace CleanJwt.Infrastructure.Tokens;

internal sealed class IssuerMetadata(JwtOptions options, SigningKeyRing keys) : IIssuerMetadata
{
    public string Issuer => options.Issuer!;

    public IReadOnlyList<PublicKey> PublicKeys =>
    [
        .. keys.Keys.Select(key => new PublicKey(key.KeyId, key.Algorithm, key.PublicKey.Kty, new Dictionary<string, string>
        {
            ["crv"] = key.PublicKey.Crv,
            ["x"] = key.PublicKey.X,
            ["y"] = key.PublicKey.Y,
        })),
    ];
}
