namespace CleanJwt.WebApi.Http;

/// <summary>Sets the headers that whole groups of answers have in common, errors included.</summary>
internal sealed class ResponseHeaders(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(
            static state =>
            {
                var (request, headers) = (((HttpContext)state).Request, ((HttpContext)state).Response.Headers);
                headers.XContentTypeOptions = "nosniff";
                if (request.Path.StartsWithSegments("/api") || request.Path.StartsWithSegments("/oauth"))
                {
                    headers.CacheControl = "no-store";
                    headers.Vary = "Authorization, Origin";
                }

                return Task.CompletedTask;
            },
            context);
        return next(context);
    }
}
