using CleanJwt.Infrastructure.Revocation;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>The model as SQLite stores it.</summary>
public sealed class SqliteDbContext(DbContextOptions<SqliteDbContext> options) : AppDbContext(options)
{
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<RevocationRow>().Property(row => row.RevokedAt).HasDefaultValueSql(
            "strftime('%Y-%m-%d %H:%M:%f', 'now')");
        builder.Entity<RevocationRow>().Property(row => row.KeepUntil).HasDefaultValueSql(
            $"strftime('%Y-%m-%d %H:%M:%f', 'now', '+{RevocationList.Retention.TotalMinutes} minutes')");
    }
}
