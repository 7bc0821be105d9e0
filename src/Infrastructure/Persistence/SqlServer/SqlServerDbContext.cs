using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Accounts;
using CleanJwt.Infrastructure.Passwords.Throttle;
using CleanJwt.Infrastructure.Revocation;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Persistence.SqlServer;

/// <summary>The model as SQL Server stores it.</summary>
/// <remarks>
/// SQL Server compares the last six bytes of a <c>uniqueidentifier</c> first, and those of a UUIDv7 are random. In a
/// table that is clustered by id each insert would therefore touch another page. The growing tables are clustered by
/// the time of the insert, and have an index on the id.
/// </remarks>
public sealed class SqlServerDbContext(DbContextOptions<SqlServerDbContext> options) : AppDbContext(options)
{
    // Compares code points, as SQLite does. The default collation makes different addresses equal.
    private const string EmailCollation = "Latin1_General_100_BIN2";

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<AppUser>(user =>
        {
            user.Property(row => row.Email).UseCollation(EmailCollation);
            user.Property(row => row.NormalizedEmail).UseCollation(EmailCollation);
            user.Property(row => row.UserName).UseCollation(EmailCollation);
            user.Property(row => row.NormalizedUserName).UseCollation(EmailCollation);
            user.HasKey(row => row.Id).IsClustered(false);
            user.HasIndex(row => new { row.CreatedAt, row.Id }).IsClustered();
        });
        builder.Entity<IdentityUserPasskey<Guid>>().HasKey(row => row.CredentialId).IsClustered(
            false); // too long for a clustered index
        builder.Entity<Session>(session =>
        {
            session.HasKey(row => row.Id).IsClustered(false);
            session.HasIndex(row => row.CreatedAt).IsClustered();
        });
        builder.Entity<AuditEntry>(entry =>
        {
            entry.HasKey(row => row.Id).IsClustered(false);
            entry.HasIndex(row => row.At).IsClustered();
        });
        builder.Entity<PasswordAttemptRow>(attempts =>
        {
            attempts.HasKey(row => row.Key).IsClustered(false); // random bytes
            attempts.Property<long>("Sequence").UseIdentityColumn();
            attempts.HasIndex("Sequence").IsUnique().IsClustered();
        });
        builder.Entity<RevocationRow>(revocation =>
        {
            revocation.Property(row => row.RevokedAt).HasDefaultValueSql("SYSUTCDATETIME()");
            revocation.Property(row => row.KeepUntil).HasDefaultValueSql(
                $"DATEADD(minute, {RevocationList.Retention.TotalMinutes}, SYSUTCDATETIME())");
            revocation.HasIndex(row => row.RevokedAt).IncludeProperties(
                row => new { row.SessionId, row.KeepUntil }); // for the polls
        });
    }
}
