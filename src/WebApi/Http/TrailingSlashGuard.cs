namespace CleanJwt.WebApi.Http;

/// <summary>
/// Answers 404 to a write whose path ends with a slash. Routing would ignore the slash; but what should have followed it was an id or a word that was
/// forgotten, or empty, and what is left may name much more: all sessions, or the account.
/// </summary>
internal sealed class ForgottenIds(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) || !request.Path.StartsWithSegments("/api") || request.Path.Value?.EndsWith('/') != true)
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound; // given its body further out
        return Task.CompletedTask;
    }
}
