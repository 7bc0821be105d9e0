using System.Diagnostics.CodeAnalysis;

namespace CleanJwt.Domain.Results;

/// <summary>Lets a pipeline behavior refuse a message without knowing its response type.</summary>
public interface IFailure<out TSelf>
{
    static abstract TSelf Failure(Error error);
}

/// <summary>Holds either a value or the error that took its place.</summary>
public sealed class Result<T> : IFailure<Result<T>>
{
    private readonly T? _value;

    private Result(T? value, Error? error) => (_value, Error) = (value, error);

    public Error? Error { get; }

    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsSuccess => Error is null;

    /// <exception cref="InvalidOperationException">The result is a failure.</exception>
    public T Value =>
        IsSuccess ? _value! : throw new InvalidOperationException($"A failed result ({Error.Code}) has no value.");

    public static Result<T> Success(T value) => new(value, null);

    public static Result<T> Failure(Error error) => new(default, error);

    public static implicit operator Result<T>(T value) => Success(value);

    public static implicit operator Result<T>(Error error) => Failure(error);
}

/// <summary>Wraps values for which C# has no implicit conversion, such as interfaces.</summary>
public static class Result
{
    public static Result<T> Of<T>(T value) => Result<T>.Success(value);
}

/// <summary>The value of a <see cref="Result{T}"/> that only reports success.</summary>
public readonly record struct Done;
