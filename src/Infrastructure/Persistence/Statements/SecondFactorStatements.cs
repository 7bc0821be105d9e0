using CleanJwt.Application.Ports;

namespace CleanJwt.Infrastructure.Persistence.Statements;

/// <summary>The SQL text that uses second factors up in the transactions of sign-ins, and removes them.</summary>
internal static class SecondFactorStatements
{
    /// <returns>Null when the account is gone.</returns>
    public static Task<SecondFactorStatus?> FindFactorsAsync(
        this DatabaseConnection db, Guid accountId, CancellationToken cancellationToken) => db.FindAsync(
        $"""
        SELECT a."TwoFactorEnabled", t."CreatedAt", t."LastUsedAt",
            (SELECT COUNT(*) FROM "RecoveryCodes" c WHERE c."AccountId" = a."Id"),
            (SELECT MAX(c."CreatedAt") FROM "RecoveryCodes" c WHERE c."AccountId" = a."Id"),
            (SELECT COUNT(*) FROM "Passkeys" p WHERE p."AccountId" = a."Id")
        FROM "AspNetUsers" a LEFT JOIN "Totps" t ON t."AccountId" = a."Id" WHERE a."Id" = {accountId}
        """,
        static row => new SecondFactorStatus(
            row.GetBoolean(0),
            row.GetMomentOrNull(1) is { } createdAt ? new TotpStatus(createdAt, row.GetMomentOrNull(2)) : null,
            row.GetMomentOrNull(4) is { } codesCreatedAt
                ? new RecoveryCodesStatus(row.GetInt32(3), codesCreatedAt)
                : null,
            row.GetInt32(5)),
        cancellationToken);

    /// <returns>False when the code of this step, or a later one, was used before.</returns>
    public static async Task<bool> TryUseTotpAsync(
        this DatabaseConnection db,
        Guid accountId,
        FactorUse.Totp use,
        DateTimeOffset now,
        CancellationToken cancellationToken) =>
        await db.ExecuteAsync(
            $"""
            UPDATE "Totps" SET "LastStep" = {use.Step}, "LastUsedAt" = {now.UtcDateTime}
            WHERE "AccountId" = {accountId} AND "LastStep" < {use.Step}
            """,
            cancellationToken) == 1;

    /// <returns>False when the account has no such code, or no longer.</returns>
    public static async Task<bool> TryUseRecoveryCodeAsync(
        this DatabaseConnection db, Guid accountId, byte[] mac, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(
            $"""DELETE FROM "RecoveryCodes" WHERE "AccountId" = {accountId} AND "Mac" = {mac}""",
            cancellationToken) == 1;

    /// <returns>False when another use has raised the counter to the same value or a higher one.</returns>
    public static async Task<bool> TryUsePasskeyAsync(
        this DatabaseConnection db,
        Guid accountId,
        FactorUse.Passkey use,
        DateTimeOffset now,
        CancellationToken cancellationToken) =>
        await db.ExecuteAsync(
            $"""
            UPDATE "Passkeys"
            SET "SignCount" = {use.SignCount}, "IsBackedUp" = {use.IsBackedUp}, "LastUsedAt" = {now.UtcDateTime}
            WHERE "Id" = {use.Id} AND "AccountId" = {accountId}
                AND ("SignCount" < {use.SignCount} OR ("SignCount" = 0 AND {use.SignCount} = 0))
            """,
            cancellationToken) == 1;

    /// <summary>Inserts recovery codes in place of those that the account has.</summary>
    public static async Task ReplaceRecoveryCodesAsync(
        this DatabaseConnection db,
        Guid accountId,
        IEnumerable<byte[]> macs,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        FormattableString delete = $"""DELETE FROM "RecoveryCodes" WHERE "AccountId" = {accountId}""";
        await db.ExecuteAllAsync(
            [delete, .. macs.Select(mac => (FormattableString)
                $"""
                INSERT INTO "RecoveryCodes" ("AccountId", "Mac", "CreatedAt")
                VALUES ({accountId}, {mac}, {now.UtcDateTime})
                """)],
            cancellationToken);
    }

    /// <summary>Removes every second factor of an account. Its sign-in then asks for none.</summary>
    public static Task RemoveAllFactorsAsync(
        this DatabaseConnection db, Guid accountId, CancellationToken cancellationToken) => db.ExecuteAllAsync(
        [
            $"""DELETE FROM "Totps" WHERE "AccountId" = {accountId}""",
            $"""DELETE FROM "RecoveryCodes" WHERE "AccountId" = {accountId}""",
            $"""DELETE FROM "Passkeys" WHERE "AccountId" = {accountId}""",
            $"""UPDATE "AspNetUsers" SET "TwoFactorEnabled" = {false} WHERE "Id" = {accountId}""",
        ],
        cancellationToken);

    /// <summary>
    /// Removes the recovery codes of an account that has no other second factor. Its sign-in then asks for none.
    /// </summary>
    public static async Task RemoveCodesAloneAsync(
        this DatabaseConnection db, Guid accountId, CancellationToken cancellationToken)
    {
        if (await db.FindFactorsAsync(accountId, cancellationToken) is { HasFactor: false })
        {
            await db.RemoveAllFactorsAsync(accountId, cancellationToken);
        }
    }
}
