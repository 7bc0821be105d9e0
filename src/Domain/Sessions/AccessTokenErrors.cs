using CleanJwt.Domain.Results;

namespace CleanJwt.Domain.Sessions;

/// <summary>Why a bearer token is not accepted (RFC 6750, section 3.1).</summary>
public static class AccessTokenErrors
{
    public static readonly Error MissingToken = new(
        "missing-token", ErrorKind.Unauthenticated, "A token is needed", "Send an access token in the header 'Authorization: Bearer'.");

    public static readonly Error InvalidToken = new(
        "invalid-token", ErrorKind.Unauthenticated, "The token is not valid", "This is not an access token of this service.");

    public static readonly Error TokenExpired = new(
        "token-expired", ErrorKind.Unauthenticated, "The token has expired", "Exchange the refresh token for a new access token.");

    public static readonly Error TokenRevoked = new(
        "token-revoked", ErrorKind.Unauthenticated, "The token has been revoked", "The session of this token is over. Sign in again.");

    /// <remarks>The token may be good, but this node can't know: it has not learnt of revocations for too long.</remarks>
    public static readonly Error RevocationUnavailable = new(
        "revocation-unavailable", ErrorKind.Unavailable, "Revocations are not known right now",
        "The service can't tell whether this token has been revoked, and so accepts none. Try again.")
    {
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    /// <remarks>RFC 9470: the token is good, but for this its owner must have proved recently who they are.</remarks>
    public static readonly Error ReauthenticationRequired = new(
        "reauthentication-required", ErrorKind.Unauthenticated, "A recent sign-in is needed",
        "This can't be undone. Prove the password again at '/api/auth/reauthenticate', and repeat the request with the token it answers.");

    public static readonly Error InsufficientScope = new(
        "insufficient-scope", ErrorKind.Forbidden, "The token does not allow this", "The request needs a scope that this token lacks.");
}
