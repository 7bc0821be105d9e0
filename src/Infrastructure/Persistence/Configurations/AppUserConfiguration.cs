using CleanJwt.Domain.Accounts;
using CleanJwt.Infrastructure.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CleanJwt.Infrastructure.Persistence.Configurations;

internal sealed class AppUserConfiguration : IEntityTypeConfiguration<AppUser>
{
    // An address has at most 254 code points, each of one or two UTF-16 units.
    private const int EmailLength = 512;

    public void Configure(EntityTypeBuilder<AppUser> builder)
    {
        builder.Property(user => user.Email).IsRequired().HasMaxLength(EmailLength);
        builder.Property(user => user.NormalizedEmail).IsRequired().HasMaxLength(EmailLength);
        builder.Property(user => user.UserName).IsRequired().HasMaxLength(EmailLength);
        builder.Property(user => user.NormalizedUserName).IsRequired().HasMaxLength(EmailLength);
        builder.Property(user => user.DisplayName).HasMaxLength(2 * DisplayName.MaxLength);
        builder.Property(user => user.Roles).HasMaxLength(256);

        // The first index serves the list of accounts page by page, the second one finds the few administrators.
        builder.HasIndex(user => new { user.CreatedAt, user.Id });
        builder.HasIndex(user => user.Roles).HasFilter("Roles <> ''");

        // Identity leaves this index non-unique, and parallel registrations would both succeed.
        builder.HasIndex(user => user.NormalizedEmail).HasDatabaseName("EmailIndex").IsUnique();
    }
}
