using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.Extensions.Options;

namespace CleanJwt.WebApi.Http;

/// <summary>Writes what actions answer. JSON is the one way out, so that there is nothing to choose between, whatever a client would accept.</summary>
internal sealed class JsonResultWriter(IOptions<JsonOptions> json) : IActionResultExecutor<ObjectResult>
{
    public Task ExecuteAsync(ActionContext context, ObjectResult result)
    {
        result.OnFormatting(context); // sets the status
        return result.Value is { } value
            ? context.HttpContext.Response.WriteAsJsonAsync(
                value, value.GetType(), json.Value.JsonSerializerOptions, contentType: null, context.HttpContext.RequestAborted)
            : Task.CompletedTask;
    }
}
