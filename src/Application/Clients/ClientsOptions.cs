using System.Security.Cryptography;
using System.Text;

namespace CleanJwt.Application.Clients;

/// <summary>The services that may ask about tokens and revoke them.</summary>
public sealed class ClientsOptions
{
    public IReadOnlyList<ClientOptions> Clients { get; init; } = [];

    /// <summary>Whether a client of this id has this secret. Takes as long for a wrong secret as for a right one, and for an id that is not there.</summary>
    public bool Knows(string id, string secret)
    {
        // Hashes have one length, whatever the secrets': comparing them tells nothing of it.
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

public sealed class ClientOptions
{
    public string? Id { get; init; }

    /// <summary>Compared and not hashed slowly, so it must be beyond guessing by itself: 32 random bytes.</summary>
    public string? Secret { get; init; }
}
