namespace CleanJwt.Domain.Results;

/// <summary>An expected failure, as a value. What a caller is told, and nothing that it must not know.</summary>
/// <param name="Code">Stable, kebab-case, part of the public contract: clients branch on it.</param>
/// <param name="Kind">Decides the status of the answer.</param>
/// <param name="Title">The same for every occurrence of the code.</param>
/// <param name="Detail">What went wrong this time and, where it helps, what to do.</param>
public sealed record Error(string Code, ErrorKind Kind, string Title, string Detail)
{
    /// <summary>Messages by field name, for <see cref="ErrorKind.Validation"/> alone.</summary>
    public IReadOnlyDictionary<string, string[]>? Fields { get; init; }

    /// <summary>How long a client should wait before it tries again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static Error ValidationFailed(IReadOnlyDictionary<string, string[]> fields) =>
        new("validation-failed", ErrorKind.Validation, "The request is not valid", "See 'errors' for what is wrong with each field.") { Fields = fields };

    public static Error ValidationFailed(string field, string message) => ValidationFailed(new Dictionary<string, string[]> { [field] = [message] });

    public static Error ServiceUnavailable(string detail, TimeSpan retryAfter) =>
        new("service-unavailable", ErrorKind.Unavailable, "The service can't answer right now", detail) { RetryAfter = retryAfter };
}
