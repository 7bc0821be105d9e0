using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.WebApi.FunctionalTests.Support;

/// <summary>The code that judges the token of a request. Both paths must give the same answers.</summary>
internal enum TokenPath
{
    /// <summary>The service as it is: the framework judges what the fast path leaves to it.</summary>
    Fast,

    /// <summary>The service without the fast path: the framework judges every request.</summary>
    Standard,
}

internal static class TokenPathExtensions
{
    /// <summary>Undoes <c>AddFastPath</c>. What it replaced is still registered and serves again.</summary>
    public static void RemoveFastPath(this IServiceCollection services)
    {
        var added = services.Where(
            service => service.ImplementationType?.Namespace == "CleanJwt.WebApi.FastPath").ToList();
        if (added.Count == 0)
        {
            throw new InvalidOperationException("The service has no fast path.");
        }

        added.ForEach(service => services.Remove(service));
    }
}
