using System.Diagnostics.Metrics;
using CleanJwt.Infrastructure.Revocation;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.Benchmarks;

internal static class Lists
{
    public static RevocationList Create()
    {
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        var options = new RevocationOptions { MaxStaleness = TimeSpan.FromHours(1) };
        return new RevocationList(TimeProvider.System, options, new RevocationMetrics(meters));
    }
}
