using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace CleanJwt.WebApi.Health;

internal static class HealthEndpoints
{
    private static readonly HttpMethodMetadata Get = new([HttpMethods.Get]); // MapHealthChecks answers every method

    /// <summary>Maps <c>/health/live</c>, which runs no check, and <c>/health/ready</c>, which runs all.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/health/live", new HealthCheckOptions
        {
            Predicate = _ => false,
            ResponseWriter = HealthWriter.WriteAsync,
        }).WithMetadata(Get);
        routes.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = HealthWriter.WriteAsync })
            .WithMetadata(Get);
    }
}
