using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.Infrastructure.Persistence;

/// <summary>Hands out the pooled contexts of whichever provider is in use.</summary>
/// <remarks>Their pool and their options take long to make, and a start that finds all in order needs no context: they are made for the first one.</remarks>
internal sealed class ContextFactory<T>(IServiceProvider services) : IDbContextFactory<AppDbContext>
    where T : AppDbContext
{
    public AppDbContext CreateDbContext() => services.GetRequiredService<IDbContextFactory<T>>().CreateDbContext();
}
