using System.Data.Common;
using System.Runtime.CompilerServices;
using CleanJwt.Application.Ports;
using CleanJwt.Application.Sessions;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Accounts;

namespace CleanJwt.Infrastructure.Persistence.Statements;

/// <summary>The SQL text that reads and writes sessions on the paths that nearly every request takes.</summary>
internal static class SessionStatements
{
    private const string Columns =
        """
        s."Id", s."AccountId", s."CreatedAt", s."LastSeenAt", s."ExpiresAt", s."Generation", s."RotatedAt",
        s."RotationId", s."EndedAt", s."EndReason", s."UserAgent", s."IpAddress", s."Scope", s."HasAllScopes",
        s."AuthTime", s."Amr", s."Acr", s."PasskeyId"
        """;

    private const int ColumnCount = 18;

    private const string ById =
        $$"""
        SELECT {{Columns}}, {{AccountStatements.Columns}}
        FROM "Sessions" s JOIN "AspNetUsers" a ON a."Id" = s."AccountId" WHERE s."Id" = {0}
        """;

    /// <returns>The session, ended or not, and its account. Null when no session has this id.</returns>
    public static Task<AccountSession?> FindSessionAsync(
        this DatabaseConnection db, Guid id, CancellationToken cancellationToken) =>
        db.FindAsync(FormattableStringFactory.Create(ById, id), ReadSession, cancellationToken);

    /// <inheritdoc cref="ISessionRepository.FindStateAsync"/>
    public static Task<SessionState?> FindSessionStateAsync(
        this DatabaseConnection db,
        Guid accountId,
        Guid sessionId,
        DateTimeOffset now,
        CancellationToken cancellationToken) =>
        db.FindAsync(
            $"""
            SELECT a."Roles", (
                SELECT COUNT(*) FROM "Sessions" s
                WHERE s."Id" = {sessionId} AND s."AccountId" = a."Id" AND s."EndedAt" IS NULL
                    AND s."ExpiresAt" > {now.UtcDateTime})
            FROM "AspNetUsers" a WHERE a."Id" = {accountId}
            """,
            static row => new SessionState(AppUser.SplitRoles(row.GetString(0)), row.GetInt32(1) == 1),
            cancellationToken);

    /// <summary>
    /// Inserts a session and the audit entries of its start, and counts the sessions of its account that have not been
    /// ended. Expired ones count.
    /// </summary>
    public static Task<int> InsertSessionAndCountAsync(
        this DatabaseConnection db,
        Session session,
        IEnumerable<AuditEntry> entries,
        CancellationToken cancellationToken) => db.ExecuteAllThenFindAsync(
        [Insert(session), .. entries.Select(AuditStatements.Insert)],
        $"""SELECT COUNT(*) FROM "Sessions" WHERE "AccountId" = {session.AccountId} AND "EndedAt" IS NULL""",
        static row => row.GetInt32(0),
        cancellationToken);

    /// <returns>Whether another session of the account has the same <c>User-Agent</c> or the same address.</returns>
    public static async Task<bool> AnySessionLikeAsync(
        this DatabaseConnection db, Session session, CancellationToken cancellationToken) => await db.FindAsync(
        $"""
        SELECT CASE WHEN EXISTS (
            SELECT 1 FROM "Sessions" WHERE "AccountId" = {session.AccountId} AND "Id" <> {session.Id}
                AND ("UserAgent" = {session.UserAgent} OR "IpAddress" = {session.IpAddress})) THEN 1 ELSE 0 END
        """,
        static row => row.GetInt32(0),
        cancellationToken) == 1;

    /// <returns>Where the other sessions of the account were started from, ended ones included.</returns>
    public static Task<List<SignInDevice>> ListOtherDevicesAsync(
        this DatabaseConnection db, Session session, CancellationToken cancellationToken) => db.ListAsync(
        $"""
        SELECT DISTINCT "UserAgent", "IpAddress" FROM "Sessions"
        WHERE "AccountId" = {session.AccountId} AND "Id" <> {session.Id}
        """,
        static row => new SignInDevice(row.GetStringOrNull(0), row.GetStringOrNull(1)),
        cancellationToken);

    private static FormattableString Insert(Session session) =>
        $"""
        INSERT INTO "Sessions" ("Id", "AccountId", "CreatedAt", "LastSeenAt", "ExpiresAt", "Generation",
            "RotatedAt", "RotationId", "EndedAt", "EndReason", "UserAgent", "IpAddress", "Scope",
            "HasAllScopes", "AuthTime", "Amr", "Acr", "PasskeyId")
        VALUES ({session.Id}, {session.AccountId}, {session.CreatedAt.UtcDateTime},
            {session.LastSeenAt.UtcDateTime}, {session.ExpiresAt.UtcDateTime}, {session.Generation},
            {session.RotatedAt?.UtcDateTime}, {session.RotationId}, {session.EndedAt?.UtcDateTime},
            {(int?)session.EndReason}, {session.UserAgent}, {session.IpAddress}, {session.Scope.ToString()},
            {session.HasAllScopes}, {session.AuthTime.UtcDateTime}, {session.Amr}, {(int)session.Acr},
            {session.PasskeyId})
        """;

    /// <summary>Stores a rotated session if its row still has the generation before.</summary>
    /// <remarks>
    /// A session that named its scopes keeps the text of its row: it may hold names that only nodes of a newer version
    /// know.
    /// </remarks>
    /// <returns>False when another request has rotated or ended the session first.</returns>
    public static async Task<bool> TryRotateSessionAsync(
        this DatabaseConnection db, Session rotated, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(
            $"""
            UPDATE "Sessions"
            SET "Generation" = {rotated.Generation}, "RotationId" = {rotated.RotationId},
                "RotatedAt" = {rotated.RotatedAt?.UtcDateTime}, "LastSeenAt" = {rotated.LastSeenAt.UtcDateTime},
                "ExpiresAt" = {rotated.ExpiresAt.UtcDateTime},
                "Scope" = CASE WHEN "HasAllScopes" = {true} THEN {rotated.Scope.ToString()} ELSE "Scope" END
            WHERE "Id" = {rotated.Id} AND "Generation" = {rotated.Generation - 1} AND "EndedAt" IS NULL
            """,
            cancellationToken) == 1;

    private static AccountSession ReadSession(DbDataReader row) => new(
        new Session
        {
            Id = row.GetGuid(0),
            AccountId = row.GetGuid(1),
            CreatedAt = row.GetMoment(2),
            LastSeenAt = row.GetMoment(3),
            ExpiresAt = row.GetMoment(4),
            Generation = row.GetInt32(5),
            RotatedAt = row.GetMomentOrNull(6),
            RotationId = row.GetGuidOrNull(7),
            EndedAt = row.GetMomentOrNull(8),
            EndReason = (SessionEndReason?)row.GetInt32OrNull(9),
            UserAgent = row.GetStringOrNull(10),
            IpAddress = row.GetStringOrNull(11),
            Scope = ScopeSet.ParseKnown(row.GetString(12)),
            HasAllScopes = row.GetBoolean(13),
            AuthTime = row.GetMoment(14),
            Amr = row.GetString(15),
            Acr = (Acr)row.GetInt32(16),
            PasskeyId = row.GetGuidOrNull(17),
        },
        AccountStatements.ReadAccount(row, ColumnCount));
}
