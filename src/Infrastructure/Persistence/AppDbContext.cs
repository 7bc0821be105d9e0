using System.Data.Common;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Accounts;
using CleanJwt.Infrastructure.Keys;
using CleanJwt.Infrastructure.Passwords.Throttle;
using CleanJwt.Infrastructure.Revocation;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Persistence;

/// <summary>The database, whatever its provider. Each provider has a sealed context of its own, so that each has its own migrations.</summary>
public abstract class AppDbContext(DbContextOptions options) : IdentityUserContext<AppUser, Guid>(options), IDataProtectionKeyContext
{
    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<RevocationRow> Revocations => Set<RevocationRow>();

    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

    public DbSet<GuardRow> Guards => Set<GuardRow>();

    /// <summary>Empty unless a certificate is set, which they are encrypted under.</summary>
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    public DbSet<SigningKeyRow> SigningKeys => Set<SigningKeyRow>();

    public DbSet<SecretRow> Secrets => Set<SecretRow>();

    public DbSet<PasswordAttemptRow> PasswordAttempts => Set<PasswordAttemptRow>();

    /// <summary>The queries of the hot path. Compiled ones belong to one model, so each provider's context has its own.</summary>
    internal abstract CompiledQueries Queries { get; }

    /// <summary>Executes a statement, whose holes are its parameters, each as its type is stored: a moment as UTC's <see cref="DateTime"/>, an enumeration as a number.</summary>
    /// <returns>How many rows it has changed.</returns>
    internal virtual Task<int> ExecuteAsync(FormattableString statement, CancellationToken cancellationToken) =>
        Database.ExecuteSqlAsync(statement, cancellationToken);

    /// <returns>The session, ended or not, and its account; null when there is none of this id.</returns>
    internal virtual Task<AccountSession?> FindSessionAsync(Guid id, CancellationToken cancellationToken) => Queries.SessionById(this, id, cancellationToken);

    /// <returns>What an account has too many of beside the session that is to stay, which is not ended: those seen longest ago.</returns>
    internal virtual Task<List<Guid>> FindSurplusSessionsAsync(Guid accountId, Guid stays, DateTimeOffset now, CancellationToken cancellationToken) =>
        Queries.SurplusSessions(this, accountId, stays, now).ToListAsync(cancellationToken).AsTask();

    /// <summary>For commands of one's own. It goes with the context.</summary>
    internal async Task<DbConnection> OpenConnectionAsync(CancellationToken cancellationToken)
    {
        await Database.OpenConnectionAsync(cancellationToken);
        return Database.GetDbConnection();
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.ApplyConfigurationsFromAssembly(typeof(AppDbContext).Assembly);
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcDateTimeConverter>();
    }
}
