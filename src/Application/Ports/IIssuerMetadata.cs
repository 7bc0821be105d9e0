namespace CleanJwt.Application.Ports;

/// <summary>What other services need to know to verify access tokens themselves. Kept in memory.</summary>
public interface IIssuerMetadata
{
    /// <summary>The <c>iss</c> of every token, and the base of the service's public addresses.</summary>
    string Issuer { get; }

    /// <summary>The <c>aud</c> of every token.</summary>
    string Audience { get; }

    /// <summary>The <c>client_id</c> of every token.</summary>
    string ClientId { get; }

    /// <summary>The key that signs, then those that will soon, then those whose tokens are still valid.</summary>
    IReadOnlyList<PublicKey> PublicKeys { get; }
}

/// <param name="Parameters">Those of the key's type, by their JWK names (RFC 7518, section 6).</param>
public sealed record PublicKey(string KeyId, string Algorithm, string KeyType, IReadOnlyDictionary<string, string> Parameters);
