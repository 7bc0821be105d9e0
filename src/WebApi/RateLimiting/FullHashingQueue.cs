using CleanJwt.Application.Ports;
using CleanJwt.WebApi.Errors;

namespace CleanJwt.WebApi.RateLimiting;

/// <summary>
/// Turns away whoever needs a password hashed while the line for it is full. The use cases would do so as well; here nothing of the body was read by then, which
/// is most of what a refusal costs, and in a flood nearly everybody is refused.
/// </summary>
internal sealed class FullHashingQueue(RequestDelegate next, IHashingQueue line)
{
    public Task InvokeAsync(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<HashesPasswordAttribute>() is not null && line.Refusal is { } refusal
            ? ProblemWriter.WriteAsync(context, HttpError.From(refusal))
            : next(context);
}

/// <summary>On an action that hashes or verifies a password: it is not begun while the line for that is full.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HashesPasswordAttribute : Attribute;
