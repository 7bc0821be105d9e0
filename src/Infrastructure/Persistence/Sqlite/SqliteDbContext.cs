using CleanJwt.Application.Abstractions;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Identity;
using CleanJwt.Infrastructure.Revocation;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

public sealed class SqliteDbContext(DbContextOptions<SqliteDbContext> options) : AppDbContext(options)
{
    private const string AccountColumns = "a.Id, a.Email, a.EmailConfirmed, a.DisplayName, a.Roles, a.CreatedAt, a.UpdatedAt, a.Version";

    private const string SessionColumns =
        "s.Id, s.AccountId, s.CreatedAt, s.LastSeenAt, s.ExpiresAt, s.Generation, s.RotatedAt, s.RotationId, s.EndedAt, s.EndReason, s.UserAgent, s.IpAddress, s.Scope, "
        + "s.AuthTime, s.Amr";

    private const int ColumnsOfSession = 15;

    private static readonly SqliteQueries SqliteQueries = new();

    private readonly KeptQuery<Account> _account = new($"SELECT {AccountColumns} FROM AspNetUsers a WHERE a.Id = $id", row => ReadAccount(row, 0));

    private readonly KeptQuery<AccountSession> _session = new(
        $"SELECT {SessionColumns}, {AccountColumns} FROM Sessions s JOIN AspNetUsers a ON a.Id = s.AccountId WHERE s.Id = $id", ReadSession);

    internal override CompiledQueries Queries => SqliteQueries;

    /// <summary>As <see cref="CompiledQueries.AccountById"/>. It is what every request for the current user waits for, and EF Core takes four times as long.</summary>
    internal Account? FindAccount(Guid id) => _account.Find(Database, id);

    /// <summary>As <see cref="CompiledQueries.SessionById"/>, which every refresh waits for.</summary>
    internal AccountSession? FindSession(Guid id) => _session.Find(Database, id);

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<RevocationRow>().Property(row => row.RevokedAt).HasDefaultValueSql("strftime('%Y-%m-%d %H:%M:%f', 'now')");
        builder.Entity<RevocationRow>().Property(row => row.KeepUntil).HasDefaultValueSql(
            $"strftime('%Y-%m-%d %H:%M:%f', 'now', '+{RevocationList.Keep.TotalMinutes} minutes')");
    }

    private static Account ReadAccount(SqliteDataReader row, int first) => new(
        row.GetGuid(first), row.GetString(first + 1), row.GetBoolean(first + 2), TextOrNull(row, first + 3), AppUser.SplitRoles(row.GetString(first + 4)),
        Moment(row, first + 5), Moment(row, first + 6), row.GetInt32(first + 7));

    private static AccountSession ReadSession(SqliteDataReader row) => new(
        new Session
        {
            Id = row.GetGuid(0),
            AccountId = row.GetGuid(1),
            CreatedAt = Moment(row, 2),
            LastSeenAt = Moment(row, 3),
            ExpiresAt = Moment(row, 4),
            Generation = row.GetInt32(5),
            RotatedAt = MomentOrNull(row, 6),
            RotationId = row.IsDBNull(7) ? null : row.GetGuid(7),
            EndedAt = MomentOrNull(row, 8),
            EndReason = row.IsDBNull(9) ? null : (SessionEndReason)row.GetInt32(9),
            UserAgent = TextOrNull(row, 10),
            IpAddress = TextOrNull(row, 11),
            Scope = ScopeSet.Parse(row.GetString(12)),
            AuthTime = Moment(row, 13),
            Amr = row.GetString(14),
        },
        ReadAccount(row, ColumnsOfSession));

    private static string? TextOrNull(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset Moment(SqliteDataReader row, int column) => new(row.GetDateTime(column), TimeSpan.Zero);

    private static DateTimeOffset? MomentOrNull(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : Moment(row, column);
}

/// <summary>The queries that requests wait for, with the hottest of them by hand.</summary>
internal sealed class SqliteQueries : CompiledQueries
{
    public override Func<AppDbContext, Guid, CancellationToken, Task<Account?>> AccountById { get; } =
        (db, id, _) => Task.FromResult(((SqliteDbContext)db).FindAccount(id));

    public override Func<AppDbContext, Guid, CancellationToken, Task<AccountSession?>> SessionById { get; } =
        (db, id, _) => Task.FromResult(((SqliteDbContext)db).FindSession(id));
}
