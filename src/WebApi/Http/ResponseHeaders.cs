namespace CleanJwt.WebApi.Http;

/// <summary>Sets the headers that all responses under a path have in common, errors included.</summary>
internal sealed class ResponseHeaders(RequestDelegate next, IHostEnvironment environment)
{
    // A browser that shows JSON as a page runs nothing in it and puts it into no frame.
    private const string EmptyPolicy = "default-src 'none'; frame-ancestors 'none'";

    private const string OneYear = "max-age=31536000";

    private readonly Func<object, Task> _set = environment.IsDevelopment() ? Set : SetOutsideDevelopment;

    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(_set, context);
        return next(context);
    }

    // Runs when the response starts: the exception handler clears all headers that were set before.
    private static Task Set(object state)
    {
        var (request, headers) = (((HttpContext)state).Request, ((HttpContext)state).Response.Headers);
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        if (headers.ContentSecurityPolicy.Count == 0)
        {
            headers.ContentSecurityPolicy = EmptyPolicy;
        }

        if (request.Path.StartsWithSegments("/api") || request.Path.StartsWithSegments("/oauth"))
        {
            headers.CacheControl = "no-store";
            headers.Vary = "Authorization, Origin";
        }
        else if (request.Path.StartsWithSegments("/.well-known"))
        {
            headers.Vary = "Origin"; // a cache must not give the answer for one origin to another
        }

        return Task.CompletedTask;
    }

    // Browsers ignore the header over http. On localhost it would also apply to other services that run there.
    private static Task SetOutsideDevelopment(object state)
    {
        var context = (HttpContext)state;
        if (context.Request.IsHttps
            && !string.Equals(context.Request.Host.Host, "localhost", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Headers.StrictTransportSecurity = OneYear;
        }

        return Set(state);
    }
}
