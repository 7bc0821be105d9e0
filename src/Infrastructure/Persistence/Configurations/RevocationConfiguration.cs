using CleanJwt.Infrastructure.Revocation;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CleanJwt.Infrastructure.Persistence.Configurations;

internal sealed class RevocationConfiguration : IEntityTypeConfiguration<RevocationRow>
{
    public void Configure(EntityTypeBuilder<RevocationRow> builder)
    {
        builder.ToTable("Revocations");
        builder.HasKey(row => row.Sequence);
        builder.HasIndex(row => row.KeepUntil);
    }
}
