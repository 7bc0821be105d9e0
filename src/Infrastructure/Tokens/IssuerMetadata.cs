using CleanJwt.Application.Ports;
using CleanJwt.Infrastructure.Keys;
using Microsoft.IdentityModel.Tokens;

namespace CleanJwt.Infrastructure.Tokens;

/// <summary>
/// The issuer's settings and public keys. The current key comes first, then the next ones, then the replaced ones.
/// </summary>
internal sealed class IssuerMetadata(JwtOptions options, SigningKeyRing keys) : IIssuerMetadata
{
    public string Issuer => options.Issuer!;

    public string Audience => options.Audience;

    public string ClientId => options.ClientId;

    public IReadOnlyList<PublicKey> PublicKeys
    {
        get
        {
            var current = keys.Current;
            return
            [
                .. keys.Keys
                    .OrderBy(key => key == current ? 0 : key.SignsFrom > current.SignsFrom ? 1 : 2)
                    .Select(key =>
                        new PublicKey(key.KeyId, key.Algorithm, key.PublicKey.Kty, ParametersOf(key.PublicKey))),
            ];
        }
    }

    private static Dictionary<string, string> ParametersOf(JsonWebKey key) => key.Kty == JsonWebAlgorithmsKeyTypes.RSA
        ? new() { ["n"] = key.N, ["e"] = key.E }
        : new() { ["crv"] = key.Crv, ["x"] = key.X, ["y"] = key.Y };
}
