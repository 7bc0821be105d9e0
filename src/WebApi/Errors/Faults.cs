using CleanJwt.Domain.Results;
using CleanJwt.Infrastructure.Persistence;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace CleanJwt.WebApi.Errors;

/// <summary>Turns exceptions, which here mean an outage or a bug, into answers that show nothing of the inside. The log has the rest.</summary>
internal static class Faults
{
    private static readonly TimeSpan OutageRetryAfter = TimeSpan.FromSeconds(5);

    public static readonly ExceptionHandlerOptions Options = new()
    {
        ExceptionHandler = context => ProblemWriter.WriteAsync(context, ErrorOf(context.Features.GetRequiredFeature<IExceptionHandlerFeature>().Error)),

        // A client that breaks off, or sends more than it may, is no fault of the service.
        SuppressDiagnosticsCallback = context => context.Exception is BadHttpRequestException,
    };

    private static HttpError ErrorOf(Exception exception) => exception switch
    {
        BadHttpRequestException request => ApiErrors.OfStatus(request.StatusCode) ?? ApiErrors.MalformedRequest,
        _ when DatabaseErrors.IsOutage(exception) =>
            HttpError.From(Error.ServiceUnavailable("The database can't be reached. Try again.", OutageRetryAfter)),
        _ => ApiErrors.InternalError,
    };
}
