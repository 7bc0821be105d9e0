using CleanJwt.WebApi.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CleanJwt.WebApi.FunctionalTests.Support;

/// <summary>Something under <c>/api</c> that a request can reach, with what it asks of its caller.</summary>
internal sealed class ApiAction
{
    private readonly IReadOnlyList<string> _methods;
    private readonly EndpointMetadataCollection _metadata;

    private ApiAction(RouteEndpoint endpoint)
    {
        Route = $"/{endpoint.RoutePattern.RawText?.TrimStart('/')}";
        // HEAD asks for what GET asks for.
        _methods = [.. (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Except(["HEAD"])];
        _metadata = endpoint.Metadata;
    }

    public string Route { get; }

    public string Name => $"{(_methods.Count == 0 ? "ANY" : string.Join(' ', _methods))} {Route}";

    /// <summary>
    /// What it asks, in the words of the contract: <c>nothing</c>, <c>token</c>, or a kind of proof and its scope.
    /// </summary>
    public string Asks => (IsAnonymous, Proofs) switch
    {
        (true, _) => "nothing",
        (_, []) => "token",
        (_, [RequireScopeAttribute proof]) => $"read {proof.Scope}",
        (_, [RequireLiveSessionAttribute proof]) => $"live {proof.Scope}".TrimEnd(),
        (_, [RequireRecentSignInAttribute proof]) => $"recent {proof.Scope}".TrimEnd(),
        _ => "several",
    };

    /// <summary>The proof that its author forgot; null for none.</summary>
    public string? Fault
    {
        get
        {
            var authorized = _metadata.OfType<IAuthorizeData>().Any();
            if (IsAnonymous)
            {
                return authorized ? "asks in vain, as it is open to anybody" : null;
            }

            if (!authorized)
            {
                return "neither asks for a token nor says that it needs none";
            }

            if (Proofs.Length > 1)
            {
                return "asks for more than one proof";
            }

            return Writes && Proofs is not [RequireLiveSessionAttribute or RequireRecentSignInAttribute]
                ? "writes without a live session" : null;
        }
    }

    private bool Writes => _methods.Count == 0 || _methods.Any(method => method is not ("GET" or "HEAD"));

    private bool IsAnonymous => _metadata.OfType<IAllowAnonymous>().Any();

    private ProofAttribute[] Proofs => [.. _metadata.OfType<ProofAttribute>()];

    public static IEnumerable<ApiAction> Of(CleanJwtApp app) =>
        app.Endpoints.Select(endpoint => new ApiAction(endpoint)).Where(
            action => action.Route.StartsWith("/api", StringComparison.OrdinalIgnoreCase));
}
