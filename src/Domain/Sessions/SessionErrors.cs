using CleanJwt.Domain.Results;

namespace CleanJwt.Domain.Sessions;

public static class SessionErrors
{
    public static readonly Error InvalidRefreshToken = new(
        "invalid-refresh-token", ErrorKind.Unauthenticated, "The refresh token is not valid",
        "The refresh token is unreadable, or its session is over. Sign in again.");

    public static readonly Error RefreshTokenReused = new(
        "refresh-token-reused", ErrorKind.Unauthenticated, "The refresh token was used before",
        "This refresh token was exchanged already, so somebody else may hold it. The session has been ended: sign in again.");

    /// <remarks>Also for somebody else's session: who asks must not learn that it exists.</remarks>
    public static readonly Error SessionNotFound = new(
        "session-not-found", ErrorKind.NotFound, "There is no such session", "The account has no live session of this id.");

    public static readonly Error InvalidScope = new(
        "invalid-scope", ErrorKind.Validation, "The scope is not valid",
        "The scope names something that is unknown, or more than this account or session may have.");
}
