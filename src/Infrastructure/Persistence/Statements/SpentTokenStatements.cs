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

        return await db.FindUseAsync(token, cancellationToken) == token.UseId ? SpendOutcome.SpentByThisAttempt : SpendOutcome.SpentBefore;
    }

    /// <returns>Whether the token was used.</returns>
    public static async Task<bool> IsSpentAsync(
        this DatabaseConnection db, SpentToken token, CancellationToken cancellationToken) =>
        await db.FindUseAsync(token, cancellationToken) != Guid.Empty;

    /// <returns>The attempt that used a token. An empty id when it was not used.</returns>
    private static Task<Guid> FindUseAsync(
        this DatabaseConnection db, SpentToken token, CancellationToken cancellationToken) => db.FindAsync(
        $"""SELECT "UseId" FROM "SpentTokens" WHERE "Id" = {token.Id}""",
        static row => row.GetGuid(0),
        cancellationToken);
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
