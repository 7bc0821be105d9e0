using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Persistence;

/// <summary>Hands out the pooled contexts of the provider in use.</summary>
internal sealed class ContextFactory<T>(IDbContextFactory<T> contexts) : IDbContextFactory<AppDbContext>
    where T : AppDbContext
{
    public AppDbContext CreateDbContext() => contexts.CreateDbContext();
}
