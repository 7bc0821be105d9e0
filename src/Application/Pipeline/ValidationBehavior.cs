using System.Text.Json;
using CleanJwt.Domain.Results;
using FluentValidation;
using Mediator;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.Application.Pipeline;

/// <summary>Runs a message's validators before its handler, which therefore sees only well-shaped messages.</summary>
/// <remarks>The mediator makes the pipelines of all messages for the first one that is sent. The validators, which take longest, are made for the first of their own.</remarks>
public sealed class ValidationBehavior<TMessage, TResponse>(IServiceProvider services)
    : IPipelineBehavior<TMessage, TResponse>
    where TMessage : IMessage
    where TResponse : IFailure<TResponse>
{
    private readonly Lazy<IValidator<TMessage>[]> _validators = new(() => [.. services.GetServices<IValidator<TMessage>>()]);

    public ValueTask<TResponse> Handle(TMessage message, MessageHandlerDelegate<TMessage, TResponse> next, CancellationToken cancellationToken)
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
            .GroupBy(failure => JsonNamingPolicy.CamelCase.ConvertName(failure.PropertyName), failure => failure.ErrorMessage)
            .ToDictionary(field => field.Key, field => field.ToArray());
        return ValueTask.FromResult(TResponse.Failure(Error.ValidationFailed(fields)));
    }
}
