using CleanJwt.Application.Ports;

namespace CleanJwt.Infrastructure.Persistence.Statements;

/// <summary>The SQL text that uses up tokens which can be used once.</summary>
internal static class SpentTokenStatements
{
    /// <summary>Uses up a token.</summary>
    /// <remarks>
    /// Of two requests at the same time, one may violate the primary key. Its caller answers as if the token had been
    /// used up before.
    /// </remarks>
    public static async Task<SpendOutcome> SpendAsync(
        this DatabaseConnection db, SpentToken token, CancellationToken cancellationToken)
    {
        var inserted = await db.ExecuteAsync(
            $"""
            INSERT INTO "SpentTokens" ("Id", "UseId", "ExpiresAt")
            SELECT {token.Id}, {token.UseId}, {token.ExpiresAt.UtcDateTime}
            WHERE NOT EXISTS (SELECT 1 FROM "SpentTokens" WHERE "Id" = {token.Id})
            """,
            cancellationToken);
        if (inserted == 1)
        {
            return SpendOutcome.Spent;
        }

        var use = await db.FindAsync(
            $"""SELECT "UseId" FROM "SpentTokens" WHERE "Id" = {token.Id}""",
            static row => row.GetGuid(0),
            cancellationToken);
        return use == token.UseId ? SpendOutcome.SpentByThisAttempt : SpendOutcome.SpentBefore;
    }
}

/// <summary>The outcome of using up a token.</summary>
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
