using System.Data.Common;
using CleanJwt.Application.Passkeys;
using CleanJwt.Application.Ports;
using CleanJwt.Infrastructure.Settings;

namespace CleanJwt.Infrastructure.SecondFactors;

/// <summary>The domain that passkeys belong to: the id of the relying party (WebAuthn, section 4).</summary>
internal sealed class PasskeyDomain(PasskeySettings settings, IIssuerMetadata issuer)
{
    public string Id { get; } = settings.RelyingPartyId ?? new Uri(issuer.Issuer).Host;

    // All passkeys have one domain, because this check stands before every start. So one of them is enough.
    private const string OfOnePasskey =
        """
        SELECT "RelyingPartyId" FROM "Passkeys" WHERE "Id" = (SELECT MIN("Id") FROM "Passkeys")
        """;

    /// <summary>Checks that the stored passkeys belong to this domain.</summary>
    /// <exception cref="StartException">They belong to another one, which the message names.</exception>
    public void Check(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = OfOnePasskey;
        if (command.ExecuteScalar() is string stored && stored != Id)
        {
            throw new StartException(
                $"Passkeys:RelyingPartyId is '{Id}', and the passkeys of this database belong to "
                + $"'{stored}'. With another domain nobody could use them: keep Jwt:Issuer under '{stored}' and set "
                + $"Passkeys:RelyingPartyId to '{stored}', or remove the passkeys first.");
        }
    }
}
