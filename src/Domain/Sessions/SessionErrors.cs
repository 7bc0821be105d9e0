using CleanJwt.Domain.Results;

namespace CleanJwt.Domain.Sessions;

public static class SessionErrors
{
    public static readonly Error InvalidRefreshToken = new(
        "invalid-refresh-token", ErrorKind.Unauthenticated, "The refresh token is not valid",
        "The refresh token is unreadable, or its session is over. Sign in again.");

    public static readonly Error RefreshTokenReused = new(
        "refresh-token-reused", ErrorKind.Unauthenticated, "The refresh token was used before",
        "This refresh token was already exchanged, so another party may hold it. The session has been ended. "
        + "Sign in again.");

    /// <remarks>Another account's session gets the same error. The client must not learn that it exists.</remarks>
    public static readonly Error SessionNotFound = new(
        "session-not-found", ErrorKind.NotFound, "There is no such session",
        "The account has no live session with this id.");

    public static readonly Error InvalidScope = new(
        "invalid-scope", ErrorKind.Validation, "The scope is not valid",
        "The scope holds an unknown name, or more than this account or session may have.");
}
