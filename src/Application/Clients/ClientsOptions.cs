using System.Security.Cryptography;
using System.Text;

namespace CleanJwt.Application.Clients;

/// <summary>The other services that may introspect and revoke tokens.</summary>
public sealed class ClientsOptions
{
    public IReadOnlyList<ClientOptions> Clients { get; init; } = [];

    /// <summary>
    /// Whether a client with this id has this secret. A right secret, a wrong secret and an unknown id take the same
    /// time.
    /// </summary>
    public bool Knows(string id, string secret)
    {
        // All hashes have the same length, so the comparison does not reveal the length of a secret.
        var presented = SHA256.HashData(Encoding.UTF8.GetBytes(secret));
        var known = false;
        foreach (var client in Clients)
        {
            var expected = SHA256.HashData(Encoding.UTF8.GetBytes(client.Secret ?? ""));
            known |= client.Id == id & CryptographicOperations.FixedTimeEquals(presented, expected);
        }

        return known;
    }
}

/// <summary>A service that may introspect and revoke tokens.</summary>
public sealed class ClientOptions
{
    public string? Id { get; init; }

    /// <summary>It is compared without slow hashing, so it must be impossible to guess: 32 random bytes.</summary>
    public string? Secret { get; init; }
}
