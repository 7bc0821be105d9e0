using System.Data.Common;
using CleanJwt.Domain.Passwords;
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

    public static FormattableString Insert(PasswordAttemptRow row) =>
        $"""
        INSERT INTO "PasswordAttempts" ("Key", "Attempts", "ExpiresAt", "Stamp")
        VALUES ({row.Key}, {PasswordAttemptsConverter.Write(row.Attempts)}, {row.ExpiresAt.UtcDateTime}, {row.Stamp})
        """;

    /// <summary>Changes no row when another request has changed it since it was read.</summary>
    /// <param name="seen">The stamp of the row when it was read.</param>
    public static FormattableString Update(PasswordAttemptRow row, Guid seen) =>
        $"""
        UPDATE "PasswordAttempts"
        SET "Attempts" = {PasswordAttemptsConverter.Write(row.Attempts)}, "ExpiresAt" = {row.ExpiresAt.UtcDateTime},
            "Stamp" = {row.Stamp}
        WHERE "Key" = {row.Key} AND "Stamp" = {seen}
        """;

    /// <inheritdoc cref="Update"/>
    public static FormattableString Delete(byte[] key, Guid seen) =>
        $"""DELETE FROM "PasswordAttempts" WHERE "Key" = {key} AND "Stamp" = {seen}""";

    /// <summary>Deletes what was counted under a key, whatever other requests do with it.</summary>
    public static FormattableString Clear(byte[] key) => $"""DELETE FROM "PasswordAttempts" WHERE "Key" = {key}""";

    /// <summary>
    /// Ends the row of wrong tries under a key (<see cref="PasswordAttempts.InARow"/>). Its pauses stay.
    /// </summary>
    public static async Task EndRowAsync(
        this DatabaseConnection db, byte[] key, CancellationToken cancellationToken)
    {
        if ((await db.ListAttemptsAsync(key, key, cancellationToken)).SingleOrDefault() is { } row)
        {
            var changed = new PasswordAttemptRow
            {
                Key = key,
                Attempts = row.Attempts with { InARow = 0 },
                ExpiresAt = row.ExpiresAt,
                Stamp = Guid.NewGuid(),
            };
            await db.ExecuteAsync(Update(changed, seen: row.Stamp), cancellationToken);
        }
    }

    private static PasswordAttemptRow Read(DbDataReader row) => new()
    {
        Key = row.GetFieldValue<byte[]>(0),
        Attempts = PasswordAttemptsConverter.Read(row.GetFieldValue<byte[]>(1)),
        ExpiresAt = row.GetMoment(2),
        Stamp = row.GetGuid(3),
    };
}
