using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Accounts;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>
/// What nearly every request waits for, by hand instead of by the model: EF Core takes several times as long, and a third of the time and of the memory of a start, which a node
/// that has written nothing yet can do without.
/// </summary>
internal static class SqliteRows
{
    /// <summary>Finds what <see cref="ReadAccount(PreparedStatement)"/> reads.</summary>
    public const string AccountById = $"SELECT {AccountColumns} FROM AspNetUsers a WHERE a.Id = $id";

    /// <summary>Finds what <see cref="ReadSession"/> reads.</summary>
    public const string SessionById = $"SELECT {SessionColumns}, {AccountColumns} FROM Sessions s JOIN AspNetUsers a ON a.Id = s.AccountId WHERE s.Id = $id";

    private const string AccountColumns = "a.Id, a.Email, a.EmailConfirmed, a.DisplayName, a.Roles, a.CreatedAt, a.UpdatedAt, a.Version";

    private const string SessionColumns =
        "s.Id, s.AccountId, s.CreatedAt, s.LastSeenAt, s.ExpiresAt, s.Generation, s.RotatedAt, s.RotationId, s.EndedAt, s.EndReason, s.UserAgent, s.IpAddress, s.Scope, s.HasAllScopes, "
        + "s.AuthTime, s.Amr";

    private const int ColumnsOfSession = 16;

    public static Account ReadAccount(PreparedStatement row) => ReadAccount(row, 0);

    public static AccountSession ReadSession(PreparedStatement row) => new(
        new Session
        {
            Id = row.Id(0),
            AccountId = row.Id(1),
            CreatedAt = row.Moment(2),
            LastSeenAt = row.Moment(3),
            ExpiresAt = row.Moment(4),
            Generation = row.Integer(5),
            RotatedAt = row.MomentOrNull(6),
            RotationId = row.IdOrNull(7),
            EndedAt = row.MomentOrNull(8),
            EndReason = row.IsNull(9) ? null : (SessionEndReason)row.Integer(9),
            UserAgent = row.TextOrNull(10),
            IpAddress = row.TextOrNull(11),
            Scope = ScopeSet.ParseKnown(row.Text(12)),
            HasAllScopes = row.Integer(13) != 0,
            AuthTime = row.Moment(14),
            Amr = row.Text(15),
        },
        ReadAccount(row, ColumnsOfSession));

    private static Account ReadAccount(PreparedStatement row, int first) => new(
        row.Id(first), row.Text(first + 1), row.Integer(first + 2) != 0, row.TextOrNull(first + 3), AppUser.SplitRoles(row.Text(first + 4)),
        row.Moment(first + 5), row.Moment(first + 6), row.Integer(first + 7));
}
