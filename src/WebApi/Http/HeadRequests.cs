namespace CleanJwt.WebApi.Http;

internal static class HeadRequests
{
    /// <summary>
    /// Lets every route of the group that answers GET answer HEAD (RFC 9110, section 9.3.2). The server sends no body
    /// then.
    /// </summary>
    public static RouteGroupBuilder AnswerHeadAsGet(this RouteGroupBuilder routes)
    {
        // Finally runs after the routes have their own metadata.
        ((IEndpointConventionBuilder)routes).Finally(endpoint =>
        {
            if (endpoint.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault() is { } metadata
                && metadata.HttpMethods.Contains(HttpMethods.Get)
                && !metadata.HttpMethods.Contains(HttpMethods.Head))
            {
                endpoint.Metadata.Add(new HttpMethodMetadata([.. metadata.HttpMethods, HttpMethods.Head]));
            }
        });
        return routes;
    }
}
