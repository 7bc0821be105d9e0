using System.Text.Json;
using CleanJwt.Domain.Results;
using FluentValidation;
using Mediator;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.Application.Pipeline;

/// <summary>Runs a message's validators before its handler. The handler sees only well-formed messages.</summary>
/// <remarks>
/// The mediator builds the pipelines of all messages for the first message of any kind. Validators take longest to
/// build, so each kind of message builds its own when it is first sent.
/// </remarks>
public sealed class ValidationBehavior<TMessage, TResponse>(IServiceProvider services)
    : IPipelineBehavior<TMessage, TResponse>
    where TMessage : IMessage
    where TResponse : IFailure<TResponse>
{
    private readonly Lazy<IValidator<TMessage>[]> _validators =
        new(() => [.. services.GetServices<IValidator<TMessage>>()]);

    public ValueTask<TResponse> Handle(
        TMessage message, MessageHandlerDelegate<TMessage, TResponse> next, CancellationToken cancellationToken)
    {
        if (_validators.Value.Length == 0)
        {
            return next(message, cancellationToken);
        }

        var failures = _validators.Value.SelectMany(validator => validator.Validate(message).Errors).ToList();
        if (failures.Count == 0)
        {
            return next(message, cancellationToken);
        }

        var fields = failures
            .GroupBy(
                failure => JsonNamingPolicy.CamelCase.ConvertName(failure.PropertyName),
                failure => failure.ErrorMessage)
            .ToDictionary(field => field.Key, field => field.ToArray());
        return ValueTask.FromResult(TResponse.Failure(Error.ValidationFailed(fields)));
    }
}
