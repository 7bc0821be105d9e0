using System.Data.Common;
using CleanJwt.Infrastructure.Passwords.Throttle;
using CleanJwt.Infrastructure.Persistence.Configurations;

namespace CleanJwt.Infrastructure.Persistence.Statements;

/// <summary>The SQL text that reads and writes password attempts.</summary>
internal static class AttemptStatements
{
    /// <summary>Finds the rows of two keys, or of one key that is given twice.</summary>
    /// <remarks>Two searches by the index: for <c>IN</c> SQLite would build a table of the keys.</remarks>
    public static Task<List<PasswordAttemptRow>> ListAttemptsAsync(
        this DatabaseConnection db, byte[] key, byte[] other, CancellationToken cancellationToken) => db.ListAsync(
            $"""
            SELECT "Key", "Attempts", "ExpiresAt", "Stamp" FROM "PasswordAttempts" WHERE "Key" = {key}
            UNION ALL
            SELECT "Key", "Attempts", "ExpiresAt", "Stamp" FROM "PasswordAttempts"
            WHERE "Key" = {other} AND "Key" <> {key}
            """,
            Read,
            cancellationToken);

    public static Task<int> InsertAttemptsAsync(
        this DatabaseConnection db, PasswordAttemptRow row, CancellationToken cancellationToken) => db.ExecuteAsync(
            $"""
            INSERT INTO "PasswordAttempts" ("Key", "Attempts", "ExpiresAt", "Stamp")
            VALUES ({row.Key}, {PasswordAttemptsConverter.Write(row.Attempts)}, {row.ExpiresAt.UtcDateTime},
                {row.Stamp})
            """,
            cancellationToken);

    /// <param name="seen">The stamp of the row when it was read.</param>
    /// <returns>False when another request has changed the row since.</returns>
    public static async Task<bool> TryUpdateAttemptsAsync(
        this DatabaseConnection db, PasswordAttemptRow row, Guid seen, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(
            $"""
            UPDATE "PasswordAttempts"
            SET "Attempts" = {PasswordAttemptsConverter.Write(row.Attempts)}, "ExpiresAt" = {row.ExpiresAt.UtcDateTime},
                "Stamp" = {row.Stamp}
            WHERE "Key" = {row.Key} AND "Stamp" = {seen}
            """,
            cancellationToken) == 1;

    /// <inheritdoc cref="TryUpdateAttemptsAsync"/>
    public static async Task<bool> TryDeleteAttemptsAsync(
        this DatabaseConnection db, byte[] key, Guid seen, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(
            $"""DELETE FROM "PasswordAttempts" WHERE "Key" = {key} AND "Stamp" = {seen}""", cancellationToken) == 1;

    private static PasswordAttemptRow Read(DbDataReader row) => new()
    {
        Key = row.GetFieldValue<byte[]>(0),
        Attempts = PasswordAttemptsConverter.Read(row.GetFieldValue<byte[]>(1)),
        ExpiresAt = row.GetMoment(2),
        Stamp = row.GetGuid(3),
    };
}
