using CleanJwt.Application.Mail;
using CleanJwt.Infrastructure.Mail;

namespace CleanJwt.Infrastructure.Persistence.Statements;

/// <summary>The SQL text that writes mails and used-up flows in the transactions of requests.</summary>
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

    /// <summary>Uses up a flow.</summary>
    /// <remarks>
    /// Of two requests at the same time, one may violate the primary key. Its caller answers as if the flow had been
    /// used up before.
    /// </remarks>
    public static async Task<SpendOutcome> SpendAsync(
        this DatabaseConnection db, SpentFlow flow, CancellationToken cancellationToken)
    {
        var inserted = await db.ExecuteAsync(
            $"""
            INSERT INTO "SpentTokens" ("Id", "UseId", "ExpiresAt")
            SELECT {flow.FlowId}, {flow.UseId}, {flow.ExpiresAt.UtcDateTime}
            WHERE NOT EXISTS (SELECT 1 FROM "SpentTokens" WHERE "Id" = {flow.FlowId})
            """,
            cancellationToken);
        if (inserted == 1)
        {
            return SpendOutcome.Spent;
        }

        var use = await db.FindAsync(
            $"""SELECT "UseId" FROM "SpentTokens" WHERE "Id" = {flow.FlowId}""",
            static row => row.GetGuid(0),
            cancellationToken);
        return use == flow.UseId ? SpendOutcome.SpentByThisAttempt : SpendOutcome.SpentBefore;
    }
}

/// <summary>The outcome of using up a flow.</summary>
internal enum SpendOutcome
{
    /// <summary>The caller goes on with the act, in the same transaction.</summary>
    Spent,

    /// <summary>
    /// This attempt has done the act. Its confirmation was lost, and the database runs the work again.
    /// </summary>
    SpentByThisAttempt,

    SpentBefore,
}
