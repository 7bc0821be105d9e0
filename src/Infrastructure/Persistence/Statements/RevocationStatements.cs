namespace CleanJwt.Infrastructure.Persistence.Statements;

/// <summary>
/// The SQL text that writes revocations. <see cref="RevocationSql"/> has the text that polls them.
/// </summary>
/// <remarks>
/// Each statement copies the sessions that ended at one moment, as the last statement of the transaction that ended
/// them. The columns' defaults set the times by the database's clock.
/// </remarks>
internal static class RevocationStatements
{
    public static Task<int> RevokeSessionAsync(
        this DatabaseConnection db, Guid sessionId, DateTimeOffset endedAt, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            $"""
            INSERT INTO "Revocations" ("SessionId")
            SELECT "Id" FROM "Sessions" WHERE "Id" = {sessionId} AND "EndedAt" = {endedAt.UtcDateTime}
            """,
            cancellationToken);

    public static Task<int> RevokeSessionsOfAccountAsync(
        this DatabaseConnection db, Guid accountId, DateTimeOffset endedAt, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            $"""
            INSERT INTO "Revocations" ("SessionId")
            SELECT "Id" FROM "Sessions" WHERE "AccountId" = {accountId} AND "EndedAt" = {endedAt.UtcDateTime}
            """,
            cancellationToken);

    public static Task<int> RevokeAllSessionsAsync(
        this DatabaseConnection db, DateTimeOffset endedAt, CancellationToken cancellationToken) => db.ExecuteAsync(
            $"""
            INSERT INTO "Revocations" ("SessionId") SELECT "Id" FROM "Sessions" WHERE "EndedAt" = {endedAt.UtcDateTime}
            """,
            cancellationToken);
}
