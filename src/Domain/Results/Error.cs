namespace CleanJwt.Domain.Results;

/// <summary>An expected failure as a value. It holds only what the client may know.</summary>
/// <param name="Code">A stable kebab-case name. It is part of the public contract, and clients branch on it.</param>
/// <param name="Kind">Decides the HTTP status of the answer.</param>
/// <param name="Title">A short text, the same for every occurrence of the code.</param>
/// <param name="Detail">Says what went wrong this time and, where it helps, what to do about it.</param>
public sealed record Error(string Code, ErrorKind Kind, string Title, string Detail)
{
    /// <summary>The messages by field name. Only <see cref="ErrorKind.Validation"/> errors have them.</summary>
    public IReadOnlyDictionary<string, string[]>? Fields { get; init; }

    /// <summary>
    /// The ways in which the client can prove a second factor. Only <c>second-factor-required</c> has them.
    /// </summary>
    public IReadOnlyList<string>? Methods { get; init; }

    /// <summary>The time that the client should wait before it tries again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static Error ValidationFailed(IReadOnlyDictionary<string, string[]> fields) =>
        new(
            "validation-failed", ErrorKind.Validation, "The request is not valid",
            "See 'errors' for what is wrong with each field.")
        {
            Fields = fields,
        };

    public static Error ValidationFailed(string field, string message) =>
        ValidationFailed(new Dictionary<string, string[]> { [field] = [message] });

    public static Error ServiceUnavailable(string detail, TimeSpan retryAfter) =>
        new("service-unavailable", ErrorKind.Unavailable, "The service can't answer right now", detail)
        {
            RetryAfter = retryAfter,
        };
}
