using System.Data.Common;
using CleanJwt.Application.Passkeys;
using CleanJwt.Infrastructure.Settings;

namespace CleanJwt.Infrastructure.SecondFactors;

/// <summary>Checks that the stored passkeys belong to the domain of the settings.</summary>
internal sealed class PasskeyDomain(PasskeySettings settings)
{
    // All passkeys have one domain, because this check stands before every start. So one of them is enough.
    private const string OfOnePasskey =
        """
        SELECT "RelyingPartyId" FROM "Passkeys" WHERE "Id" = (SELECT MIN("Id") FROM "Passkeys")
        """;

    /// <exception cref="StartException">They belong to another one, which the message names.</exception>
    public void Check(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = OfOnePasskey;
        if (command.ExecuteScalar() is string stored && stored != settings.RelyingPartyId)
        {
            throw new StartException(
                $"Passkeys:RelyingPartyId is '{settings.RelyingPartyId}', and the passkeys of this database belong to "
                + $"'{stored}'. With another domain nobody could use them: set Passkeys:RelyingPartyId to '{stored}', "
                + "or remove the passkeys first.");
        }
    }
}
