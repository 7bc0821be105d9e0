using System.Diagnostics.Metrics;
using CleanJwt.Infrastructure.Revocation;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.Infrastructure.IntegrationTests.Support;

internal static class Revocations
{
    public static RevocationMetrics Metrics() =>
        new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());

    public static RevocationList List(TimeProvider clock, RevocationOptions? options = null) =>
        new(clock, options ?? new RevocationOptions(), Metrics());
}
