using CleanJwt.Infrastructure.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CleanJwt.Infrastructure.Persistence.Configurations;

internal sealed class OutboxConfiguration : IEntityTypeConfiguration<OutboxRow>
{
    public void Configure(EntityTypeBuilder<OutboxRow> builder)
    {
        builder.ToTable("Outbox");
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.Property(row => row.Kind).HasMaxLength(32);
        builder.Property(row => row.LastError).HasMaxLength(64);
        builder.HasIndex(row => row.NextAt);
        builder.HasIndex(row => row.DeadAt).HasFilter("DeadAt IS NOT NULL"); // for deleting old ones
    }
}
