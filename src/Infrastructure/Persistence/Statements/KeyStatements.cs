using System.Runtime.CompilerServices;

namespace CleanJwt.Infrastructure.Persistence.Statements;

/// <summary>The SQL text that reads the signing keys and the shared secrets.</summary>
internal static class KeyStatements
{
    /// <summary>Selects the version of the key ring. It grows with each change of the signing keys.</summary>
    public const string KeyRingVersion = $"""SELECT "Version" FROM "Guards" WHERE "Name" = '{GuardRow.SigningKeys}'""";

    /// <summary>Selects all signing keys, in the order in which they sign.</summary>
    public const string SigningKeys =
        """
        SELECT "ProtectedPrivateKey", "Algorithm", "SignsFrom" FROM "SigningKeys" ORDER BY "SignsFrom", "Sequence"
        """;

    public const string CountSigningKeys = """SELECT COUNT(*) FROM "SigningKeys" """;

    /// <summary>Selects the value of the row <c>@name</c>.</summary>
    public const string Secret = """SELECT "ProtectedValue" FROM "Secrets" WHERE "Name" = @name""";

    /// <returns>The number of signing keys.</returns>
    public static Task<int> CountSigningKeysAsync(this DatabaseConnection db, CancellationToken cancellationToken) =>
        db.FindAsync(
            FormattableStringFactory.Create(CountSigningKeys), static row => row.GetInt32(0), cancellationToken);
}
