using System.Data.Common;
using System.Runtime.CompilerServices;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Infrastructure.Accounts;

namespace CleanJwt.Infrastructure.Persistence.Statements;

/// <summary>The SQL text that reads and writes accounts on the paths that nearly every request takes.</summary>
internal static class AccountStatements
{
    /// <summary>
    /// The columns that <see cref="ReadAccount(DbDataReader, int)"/> reads, of a table with the alias <c>a</c>.
    /// </summary>
    public const string Columns =
        """
        a."Id", a."Email", a."EmailConfirmed", a."DisplayName", a."Roles", a."CreatedAt", a."UpdatedAt", a."Version"
        """;

    private const int ColumnCount = 8;

    private const string ById = $$"""SELECT {{Columns}} FROM "AspNetUsers" a WHERE a."Id" = {0}""";

    private const string CredentialsBy =
        $"""
        SELECT {Columns}, a."SecurityVersion", a."Locked", a."TwoFactorEnabled", a."PasswordHash"
        FROM "AspNetUsers" a WHERE
        """;

    private const string CredentialsById = $$"""{{CredentialsBy}} a."Id" = {0}""";

    private const string CredentialsByEmail = $$"""{{CredentialsBy}} a."NormalizedEmail" = {0}""";

    /// <returns>Null when there is no such account.</returns>
    public static Task<Account?> FindAccountAsync(
        this DatabaseConnection db, Guid id, CancellationToken cancellationToken) =>
        db.FindAsync(FormattableStringFactory.Create(ById, id), ReadAccount, cancellationToken);

    /// <inheritdoc cref="FindAccountAsync"/>
    public static Task<Credentials?> FindCredentialsAsync(
        this DatabaseConnection db, Guid accountId, CancellationToken cancellationToken) =>
        db.FindAsync(FormattableStringFactory.Create(CredentialsById, accountId), ReadCredentials, cancellationToken);

    /// <inheritdoc cref="FindAccountAsync"/>
    public static Task<Credentials?> FindCredentialsAsync(
        this DatabaseConnection db, EmailAddress email, CancellationToken cancellationToken) =>
        db.FindAsync(
            FormattableStringFactory.Create(CredentialsByEmail, email.Normalized), ReadCredentials, cancellationToken);

    /// <summary>
    /// Locks the account's row by an update that changes nothing. A lock or a password change of the account waits for
    /// the caller's transaction, or was there first.
    /// </summary>
    /// <returns>False when the account has been locked or changed since its password was verified.</returns>
    public static async Task<bool> TryLockRowAsync(
        this DatabaseConnection db, Guid accountId, int securityVersion, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(
            $"""
            UPDATE "AspNetUsers" SET "SecurityVersion" = "SecurityVersion"
            WHERE "Id" = {accountId} AND "SecurityVersion" = {securityVersion} AND "Locked" = {false}
            """,
            cancellationToken) == 1;

    /// <summary>Locks the account's row by an update that changes nothing.</summary>
    public static Task<int> LockRowAsync(
        this DatabaseConnection db, Guid accountId, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            $"""UPDATE "AspNetUsers" SET "SecurityVersion" = "SecurityVersion" WHERE "Id" = {accountId}""",
            cancellationToken);

    public static Account ReadAccount(DbDataReader row) => ReadAccount(row, first: 0);

    /// <param name="first">The position of the first of <see cref="Columns"/>.</param>
    public static Account ReadAccount(DbDataReader row, int first) => new(
        row.GetGuid(first),
        row.GetString(first + 1),
        row.GetBoolean(first + 2),
        row.GetStringOrNull(first + 3),
        AppUser.SplitRoles(row.GetString(first + 4)),
        row.GetMoment(first + 5),
        row.GetMoment(first + 6),
        row.GetInt32(first + 7));

    private static Credentials ReadCredentials(DbDataReader row) => new(
        new AccountState(
            ReadAccount(row),
            row.GetInt32(ColumnCount),
            row.GetBoolean(ColumnCount + 1),
            row.GetBoolean(ColumnCount + 2)),
        row.GetStringOrNull(ColumnCount + 3));
}

/// <summary>An account with the hash that its password is checked against.</summary>
/// <param name="Candidate">
/// The account. It counts as verified only after the password has matched <paramref name="PasswordHash"/>.
/// </param>
/// <param name="PasswordHash">Null for an account without a password.</param>
internal sealed record Credentials(AccountState Candidate, string? PasswordHash)
{
    public override string ToString() => nameof(Credentials); // a record would print the hash
}
