using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Formatters;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.Extensions.Options;

namespace CleanJwt.WebApi.Http;

/// <summary>
/// Writes what actions answer as JSON, without choosing between formats where JSON is the only one. Results that say more than their value, and applications that
/// add a format, get the framework's choice.
/// </summary>
internal sealed class JsonResultWriter(
    OutputFormatterSelector formatters,
    IHttpResponseStreamWriterFactory writers,
    ILoggerFactory loggers,
    IOptions<MvcOptions> mvc,
    IOptions<JsonOptions> json) : ObjectResultExecutor(formatters, writers, loggers, mvc)
{
    private readonly bool _jsonAlone = !mvc.Value.ReturnHttpNotAcceptable && mvc.Value.OutputFormatters.All(formatter =>
        formatter is SystemTextJsonOutputFormatter or HttpNoContentOutputFormatter or StreamOutputFormatter);

    public override Task ExecuteAsync(ActionContext context, ObjectResult result)
    {
        if (!_jsonAlone
            || context.HttpContext.Response.ContentType is not null
            || result is not { DeclaredType: null, ContentTypes.Count: 0, Formatters.Count: 0, Value: { } value and not (ProblemDetails or Stream) })
        {
            return base.ExecuteAsync(context, result);
        }

        result.OnFormatting(context); // sets the status
        return context.HttpContext.Response.WriteAsJsonAsync(
            value, value.GetType(), json.Value.JsonSerializerOptions, contentType: null, context.HttpContext.RequestAborted);
    }
}
