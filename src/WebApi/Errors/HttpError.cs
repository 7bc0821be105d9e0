using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;

namespace CleanJwt.WebApi.Errors;

/// <summary>An error with its HTTP status and headers.</summary>
internal sealed record HttpError(int Status, string Code, string Title, string Detail)
{
    public IReadOnlyDictionary<string, string[]>? Fields { get; init; }

    public IReadOnlyList<string>? Methods { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The value of <c>WWW-Authenticate</c>. Every 401 has one (RFC 9110, section 15.5.2).</summary>
    public string? Challenge { get; init; }

    public static HttpError From(Error error) => new(StatusOf(error.Kind), error.Code, error.Title, error.Detail)
    {
        Fields = error.Fields,
        Methods = error.Methods,
        RetryAfter = error.RetryAfter,
        Challenge = error.Kind == ErrorKind.Unauthenticated ? ChallengeOf(error) : null,
    };

    private static int StatusOf(ErrorKind kind) => kind switch
    {
        ErrorKind.Validation => StatusCodes.Status400BadRequest,
        ErrorKind.Unauthenticated => StatusCodes.Status401Unauthorized,
        ErrorKind.Forbidden => StatusCodes.Status403Forbidden,
        ErrorKind.NotFound => StatusCodes.Status404NotFound,
        ErrorKind.Conflict => StatusCodes.Status409Conflict,
        ErrorKind.PreconditionFailed => StatusCodes.Status412PreconditionFailed,
        ErrorKind.TooManyRequests => StatusCodes.Status429TooManyRequests,
        ErrorKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        ErrorKind.NotImplemented => StatusCodes.Status501NotImplemented,
    };

    // RFC 6750, section 3.1: the challenge names an error only if the request carried a token.
    private static string ChallengeOf(Error error) =>
        error == AccessTokenErrors.InvalidToken
        || error == AccessTokenErrors.TokenExpired
        || error == AccessTokenErrors.TokenRevoked
        || error == AccountErrors.UserNotFound
            ? $"Bearer error=\"invalid_token\", error_description=\"{error.Detail}\""
            : "Bearer";
}
