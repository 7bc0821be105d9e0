using CleanJwt.Domain.Results;
using CleanJwt.Infrastructure.Persistence;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace CleanJwt.WebApi.Errors;

/// <summary>
/// Answers exceptions, which mean an outage or a bug. The answer gives away nothing internal; the log has the details.
/// </summary>
internal static class Faults
{
    private static readonly TimeSpan OutageRetryAfter = TimeSpan.FromSeconds(5);

    public static readonly ExceptionHandlerOptions Options = new()
    {
        ExceptionHandler = context =>
        {
            var exception = context.Features.GetRequiredFeature<IExceptionHandlerFeature>().Error;
            return ProblemWriter.WriteAsync(context, ErrorOf(exception));
        },

        // A client that disconnects or sends too much is no fault of the service, so the log has no error for it.
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
