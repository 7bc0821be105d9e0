namespace CleanJwt.Domain.Results;

/// <summary>The kind of an expected failure. Each kind has one HTTP status.</summary>
public enum ErrorKind
{
    Validation,
    Unauthenticated,
    Forbidden,
    NotFound,
    Conflict,
    PreconditionFailed,
    TooManyRequests,
    Unavailable,

    /// <summary>The operator has not set up what the request needs.</summary>
    NotImplemented,
}
