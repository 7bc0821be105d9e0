using CleanJwt.Application.Callers;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CleanJwt.Infrastructure.Persistence.Configurations;

internal sealed class SessionConfiguration : IEntityTypeConfiguration<Session>
{
    public void Configure(EntityTypeBuilder<Session> builder)
    {
        builder.Property(session => session.Id).ValueGeneratedNever();
        builder.Property(session => session.Scope).HasMaxLength(1024)
            .HasConversion(scope => scope.ToString(), text => ScopeSet.ParseKnown(text));
        builder.Property(session => session.Acr).HasDefaultValue(Acr.OneFactor); // of the rows of older versions
        builder.Property(session => session.Amr).HasMaxLength(64);
        builder.Property(session => session.UserAgent).HasMaxLength(ClientInfo.MaxUserAgentLength);
        builder.Property(session => session.IpAddress).HasMaxLength(ClientInfo.MaxIpAddressLength);

        // No index has a column that a refresh changes: a refresh and the end of the account's sessions would lock row
        // and index in opposite order.
        builder.HasIndex(session => session.AccountId);
        builder.HasIndex(session => session.ExpiresAt);
        builder.HasIndex(session => session.EndedAt);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(session => session.AccountId).OnDelete(
            DeleteBehavior.Cascade);
    }
}
