using CleanJwt.Domain.Audit;

namespace CleanJwt.Infrastructure.Persistence.Statements;

/// <summary>The SQL text that writes audit entries.</summary>
internal static class AuditStatements
{
    /// <summary>Inserts entries in the caller's transaction. The accounts that they name must exist.</summary>
    public static Task InsertAuditEntriesAsync(
        this DatabaseConnection db, IEnumerable<AuditEntry> entries, CancellationToken cancellationToken) =>
        db.ExecuteAllAsync([.. entries.Select(Insert)], cancellationToken);

    /// <summary>Inserts an entry. The accounts that it names must exist.</summary>
    public static FormattableString Insert(AuditEntry entry) =>
        $"""
        INSERT INTO "AuditEntries" ("Id", "At", "AccountId", "OtherAccountId", "Action", "Outcome", "SessionId",
            "IpAddress", "UserAgent")
        VALUES ({entry.Id}, {entry.At.UtcDateTime}, {entry.AccountId}, {entry.OtherAccountId}, {entry.Action},
            {(int)entry.Outcome}, {entry.SessionId}, {entry.IpAddress}, {entry.UserAgent})
        """;

    /// <summary>Inserts an entry. It names no account if its account does not exist.</summary>
    /// <remarks>
    /// One statement serves a known, an unknown and a deleted account: neither its time nor a foreign key may tell them
    /// apart. A second execution changes nothing.
    /// </remarks>
    public static Task<int> InsertDetachedAuditEntryAsync(
        this DatabaseConnection db, AuditEntry entry, CancellationToken cancellationToken) => db.ExecuteAsync(
            $"""
            INSERT INTO "AuditEntries"
                ("Id", "At", "AccountId", "Action", "Outcome", "SessionId", "IpAddress", "UserAgent")
            SELECT {entry.Id}, {entry.At.UtcDateTime}, (SELECT "Id" FROM "AspNetUsers" WHERE "Id" = {entry.AccountId}),
                {entry.Action}, {(int)entry.Outcome}, {entry.SessionId}, {entry.IpAddress}, {entry.UserAgent}
            WHERE NOT EXISTS (SELECT 1 FROM "AuditEntries" WHERE "Id" = {entry.Id})
            """,
            cancellationToken);
}
