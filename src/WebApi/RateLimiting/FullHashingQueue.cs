using CleanJwt.Application.Ports;
using CleanJwt.WebApi.Errors;

namespace CleanJwt.WebApi.RateLimiting;

/// <summary>
/// Refuses requests that hash a password while the hashing queue is full. The use cases would refuse them too, but only
/// after the body was read. In a flood most requests are refused, so a refusal must be cheap.
/// </summary>
internal sealed class FullHashingQueue(RequestDelegate next, IHashingQueue queue)
{
    public Task InvokeAsync(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<HashesPasswordAttribute>() is not null
        && queue.Refusal is { } refusal
            ? ProblemWriter.WriteAsync(context, HttpError.From(refusal))
            : next(context);
}

/// <summary>
/// Marks an action that hashes or verifies a password. While the hashing queue is full, the action does not run and the
/// answer is 503.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HashesPasswordAttribute : Attribute;
