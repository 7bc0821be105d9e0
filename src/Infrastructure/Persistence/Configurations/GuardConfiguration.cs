using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CleanJwt.Infrastructure.Persistence.Configurations;

internal sealed class GuardConfiguration : IEntityTypeConfiguration<GuardRow>
{
    public void Configure(EntityTypeBuilder<GuardRow> builder)
    {
        builder.ToTable("Guards");
        builder.HasKey(guard => guard.Name);
        builder.Property(guard => guard.Name).HasMaxLength(32);
        builder.HasData(new GuardRow { Name = GuardRow.Admins }, new GuardRow { Name = GuardRow.SigningKeys });
    }
}
