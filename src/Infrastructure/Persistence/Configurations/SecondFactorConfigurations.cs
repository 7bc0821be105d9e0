using CleanJwt.Domain.Accounts;
using CleanJwt.Infrastructure.Accounts;
using CleanJwt.Infrastructure.SecondFactors;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CleanJwt.Infrastructure.Persistence.Configurations;

internal sealed class TotpConfiguration : IEntityTypeConfiguration<TotpRow>
{
    public void Configure(EntityTypeBuilder<TotpRow> builder)
    {
        builder.ToTable("Totps");
        builder.HasKey(row => row.AccountId);
        builder.Property(row => row.AccountId).ValueGeneratedNever();
        builder.Property(row => row.ProtectedSecret).HasMaxLength(512);
        builder.HasOne<AppUser>().WithOne().HasForeignKey<TotpRow>(row => row.AccountId).OnDelete(
            DeleteBehavior.Cascade);
    }
}

internal sealed class RecoveryCodeConfiguration : IEntityTypeConfiguration<RecoveryCodeRow>
{
    public void Configure(EntityTypeBuilder<RecoveryCodeRow> builder)
    {
        builder.ToTable("RecoveryCodes");
        builder.HasKey(row => new { row.AccountId, row.Mac });
        builder.Property(row => row.Mac).HasMaxLength(RecoveryCodeMacs.Size);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(row => row.AccountId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class PasskeyConfiguration : IEntityTypeConfiguration<PasskeyRow>
{
    private const int MaxCredentialIdLength = 1023; // WebAuthn, section 4
    private const int MaxDomainLength = 253;

    public void Configure(EntityTypeBuilder<PasskeyRow> builder)
    {
        builder.ToTable("Passkeys");
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.Property(row => row.CredentialHash).HasMaxLength(32);
        builder.Property(row => row.CredentialId).HasMaxLength(MaxCredentialIdLength);
        builder.Property(row => row.PublicKey).HasMaxLength(2048);
        builder.Property(row => row.Name).HasMaxLength(2 * DisplayName.MaxLength);
        builder.Property(row => row.Transports).HasMaxLength(64);
        builder.Property(row => row.RelyingPartyId).HasMaxLength(MaxDomainLength);
        builder.HasIndex(row => row.CredentialHash).IsUnique();
        builder.HasIndex(row => row.AccountId);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(row => row.AccountId).OnDelete(DeleteBehavior.Cascade);
    }
}
