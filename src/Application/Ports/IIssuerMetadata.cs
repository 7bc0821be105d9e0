namespace CleanJwt.Application.Ports;

/// <summary>The data that other services need to verify access tokens themselves. It is in memory.</summary>
public interface IIssuerMetadata
{
    /// <summary>The <c>iss</c> of every token, and the base of the service's public URLs.</summary>
    string Issuer { get; }

    /// <summary>The <c>aud</c> of every token.</summary>
    string Audience { get; }

    /// <summary>The <c>client_id</c> of every token.</summary>
    string ClientId { get; }

    /// <summary>
    /// The signing key, then the keys that will sign next, then the retired keys whose tokens may still be valid.
    /// </summary>
    IReadOnlyList<PublicKey> PublicKeys { get; }
}

/// <summary>The public half of a signing key.</summary>
/// <param name="Parameters">The parameters of the key's type, by their JWK names (RFC 7518, section 6).</param>
public sealed record PublicKey(
    string KeyId, string Algorithm, string KeyType, IReadOnlyDictionary<string, string> Parameters);
