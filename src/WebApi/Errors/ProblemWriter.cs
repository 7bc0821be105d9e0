using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CleanJwt.WebApi.Errors;

/// <summary>Writes every error of the service, so that all have the same form.</summary>
internal static class ProblemWriter
{
    public const string ContentType = "application/problem+json";

    public static Task WriteAsync(HttpContext context, HttpError error)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            return Task.CompletedTask; // the client has disconnected
        }

        var response = context.Response;
        response.StatusCode = error.Status;
        if (error.RetryAfter is { } delay)
        {
            var seconds = (int)Math.Ceiling(delay.TotalSeconds);
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (error.Challenge is not null)
        {
            response.Headers.WWWAuthenticate = error.Challenge;
        }

        var json = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.JsonSerializerOptions;
        if (context.Request.Path.StartsWithSegments("/oauth"))
        {
            return response.WriteAsJsonAsync(
                OAuthError.From(error), json, OAuthError.ContentType, context.RequestAborted);
        }

        var problem = new Problem(
            $"urn:cleanjwt:problem:{error.Code}",
            error.Title,
            error.Status,
            error.Detail,
            error.Code,
            Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier,
            error.Fields,
            error.Methods);
        return response.WriteAsJsonAsync(problem, json, ContentType, context.RequestAborted);
    }
}

/// <summary>The result of an action that failed.</summary>
internal sealed class ProblemResult(HttpError error) : ActionResult
{
    public override Task ExecuteResultAsync(ActionContext context) =>
        ProblemWriter.WriteAsync(context.HttpContext, error);
}
