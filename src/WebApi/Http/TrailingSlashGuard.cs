namespace CleanJwt.WebApi.Http;

/// <summary>
/// Answers 404 to a write whose path ends with a slash. Routing ignores such a slash. But a client that leaves out an
/// id sends the same path, and its request must not reach the route above, which may end every session or delete the
/// account.
/// </summary>
internal sealed class TrailingSlashGuard(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method)
            || HttpMethods.IsHead(request.Method)
            || !request.Path.StartsWithSegments("/api")
            || request.Path.Value?.EndsWith('/') != true)
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound; // UseProblemDocuments adds the body
        return Task.CompletedTask;
    }
}
