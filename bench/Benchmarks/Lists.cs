using System.Diagnostics.Metrics;
using CleanJwt.Infrastructure.Revocation;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.Benchmarks;

internal static class Lists
{
    public static RevocationList Create()
    {
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        return new RevocationList(TimeProvider.System, new RevocationOptions { MaxStaleness = TimeSpan.FromHours(1) }, new RevocationMetrics(meters));
    }
}
