using System.Text.Json;
using CleanJwt.Domain.Results;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Pipeline;

/// <summary>Runs a message's validators before its handler, which therefore sees only well-shaped messages.</summary>
public sealed class ValidationBehavior<TMessage, TResponse>(IEnumerable<IValidator<TMessage>> validators)
    : IPipelineBehavior<TMessage, TResponse>
    where TMessage : IMessage
    where TResponse : IFailure<TResponse>
{
    private readonly IValidator<TMessage>[] _validators = [.. validators];

    public ValueTask<TResponse> Handle(TMessage message, MessageHandlerDelegate<TMessage, TResponse> next, CancellationToken cancellationToken)
    {
        if (_validators.Length == 0)
        {
            return next(message, cancellationToken);
        }

        var failures = _validators.SelectMany(validator => validator.Validate(message).Errors).ToList();
        if (failures.Count == 0)
        {
            return next(message, cancellationToken);
        }

        var fields = failures
            .GroupBy(failure => JsonNamingPolicy.CamelCase.ConvertName(failure.PropertyName), failure => failure.ErrorMessage)
            .ToDictionary(field => field.Key, field => field.ToArray());
        return ValueTask.FromResult(TResponse.Failure(Error.ValidationFailed(fields)));
    }
}
