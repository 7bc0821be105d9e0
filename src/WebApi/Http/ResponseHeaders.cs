namespace CleanJwt.WebApi.Http;

/// <summary>Sets the headers that whole groups of answers have in common, errors included.</summary>
internal sealed class ResponseHeaders(RequestDelegate next, IHostEnvironment environment)
{
    // JSON is no page; whoever opens it as one gets nothing that runs or frames.
    private const string EmptyPolicy = "default-src 'none'; frame-ancestors 'none'";

    private const string OneYear = "max-age=31536000";

    private readonly Func<object, Task> _set = environment.IsDevelopment() ? Set : SetOutsideDevelopment;

    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(_set, context);
        return next(context);
    }

    // As late as can be: what a failed request has set so far is thrown away.
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
            headers.Vary = "Origin"; // it may be cached, and a browser's answer must not be one for others
        }

        return Task.CompletedTask;
    }

    // Browsers heed it over https alone, and on localhost it would hold for whatever else is developed there.
    private static Task SetOutsideDevelopment(object state)
    {
        var context = (HttpContext)state;
        if (context.Request.IsHttps && !string.Equals(context.Request.Host.Host, "localhost", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Headers.StrictTransportSecurity = OneYear;
        }

        return Set(state);
    }
}
