using CleanJwt.Infrastructure.Tokens;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CleanJwt.Infrastructure.Persistence.Configurations;

internal sealed class SpentTokenConfiguration : IEntityTypeConfiguration<SpentTokenRow>
{
    public void Configure(EntityTypeBuilder<SpentTokenRow> builder)
    {
        builder.ToTable("SpentTokens");
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.HasIndex(row => row.ExpiresAt);
    }
}
