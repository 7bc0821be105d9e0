using CleanJwt.Application.Callers;
using CleanJwt.Domain.Audit;
using CleanJwt.Infrastructure.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CleanJwt.Infrastructure.Persistence.Configurations;

internal sealed class AuditEntryConfiguration : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.ToTable("AuditEntries");
        builder.Property(entry => entry.Id).ValueGeneratedNever();
        builder.Property(entry => entry.Action).HasMaxLength(32);
        builder.Property(entry => entry.UserAgent).HasMaxLength(ClientInfo.MaxUserAgentLength);
        builder.Property(entry => entry.IpAddress).HasMaxLength(ClientInfo.MaxIpAddressLength);
        builder.HasIndex(entry => new { entry.AccountId, entry.At, entry.Id }); // for paging
        builder.HasIndex(entry => entry.At); // for deleting old entries
        builder.HasIndex(entry => entry.OtherAccountId).HasFilter(
            "OtherAccountId IS NOT NULL"); // for the deletion of that account; few entries have one
        builder.HasOne<AppUser>().WithMany().HasForeignKey(entry => entry.AccountId).OnDelete(DeleteBehavior.Cascade);
    }
}
