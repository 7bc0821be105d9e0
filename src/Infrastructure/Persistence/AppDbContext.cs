using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Accounts;
using CleanJwt.Infrastructure.Keys;
using CleanJwt.Infrastructure.Mail;
using CleanJwt.Infrastructure.Passwords.Throttle;
using CleanJwt.Infrastructure.Revocation;
using CleanJwt.Infrastructure.SecondFactors;
using CleanJwt.Infrastructure.Tokens;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Persistence;

/// <summary>
/// The model of the database. Each provider has a sealed context of its own, and with it its own migrations.
/// </summary>
public abstract class AppDbContext(DbContextOptions options) : IdentityUserContext<AppUser, Guid>(
    options), IDataProtectionKeyContext
{
    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<RevocationRow> Revocations => Set<RevocationRow>();

    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

    public DbSet<GuardRow> Guards => Set<GuardRow>();

    /// <summary>
    /// The Data Protection keys, encrypted under the certificate. The table is empty where no certificate is set.
    /// </summary>
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    public DbSet<SigningKeyRow> SigningKeys => Set<SigningKeyRow>();

    public DbSet<SecretRow> Secrets => Set<SecretRow>();

    public DbSet<PasswordAttemptRow> PasswordAttempts => Set<PasswordAttemptRow>();

    public DbSet<OutboxRow> Outbox => Set<OutboxRow>();

    public DbSet<TotpRow> Totps => Set<TotpRow>();

    public DbSet<RecoveryCodeRow> RecoveryCodes => Set<RecoveryCodeRow>();

    /// <summary>The passkeys. Identity's own table of them stays empty.</summary>
    public DbSet<PasskeyRow> Passkeys => Set<PasskeyRow>();

    /// <summary>The sealed tokens that were used. Each can be used once.</summary>
    public DbSet<SpentTokenRow> SpentTokens => Set<SpentTokenRow>();

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
