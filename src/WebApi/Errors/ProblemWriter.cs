using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CleanJwt.WebApi.Errors;

/// <summary>Writes every error of the service, wherever it comes from, so that all look the same.</summary>
internal static class ProblemWriter
{
    public const string ContentType = "application/problem+json";

    public static Task WriteAsync(HttpContext context, HttpError error)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            return Task.CompletedTask; // nobody is there to read it
        }

        var response = context.Response;
        response.StatusCode = error.Status;
        if (error.RetryAfter is { } delay)
        {
            response.Headers.RetryAfter = ((int)Math.Ceiling(delay.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (error.Challenge is not null)
        {
            response.Headers.WWWAuthenticate = error.Challenge;
        }

        var json = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.JsonSerializerOptions;
        if (context.Request.Path.StartsWithSegments("/oauth"))
        {
            return response.WriteAsJsonAsync(OAuthError.From(error), json, OAuthError.ContentType, context.RequestAborted);
        }

        var problem = new Problem(
            $"urn:cleanjwt:problem:{error.Code}",
            error.Title,
            error.Status,
            error.Detail,
            error.Code,
            Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier,
            error.Fields);
        return response.WriteAsJsonAsync(problem, json, ContentType, context.RequestAborted);
    }
}

/// <summary>An action's result that is an error.</summary>
internal sealed class ProblemResult(HttpError error) : ActionResult
{
    public override Task ExecuteResultAsync(ActionContext context) => ProblemWriter.WriteAsync(context.HttpContext, error);
}
