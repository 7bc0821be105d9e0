using CleanJwt.Infrastructure.Mail;

namespace CleanJwt.Infrastructure.Persistence.Statements;

/// <summary>The SQL text that writes mails in the transactions of requests.</summary>
internal static class MailStatements
{
    /// <summary>Inserts a mail. A second execution changes nothing.</summary>
    public static FormattableString Insert(OutboxRow row) =>
        $"""
        INSERT INTO "Outbox" ("Id", "Kind", "Payload", "CreatedAt", "NextAt", "ValidUntil", "Attempts")
        SELECT {row.Id}, {row.Kind}, {row.Payload}, {row.CreatedAt.UtcDateTime}, {row.NextAt.UtcDateTime},
            {row.ValidUntil.UtcDateTime}, {row.Attempts}
        WHERE NOT EXISTS (SELECT 1 FROM "Outbox" WHERE "Id" = {row.Id})
        """;
}
