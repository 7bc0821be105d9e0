using CleanJwt.Domain.Results;

namespace CleanJwt.Domain.Accounts;

public static class AccountErrors
{
    public static readonly Error EmailTaken = new(
        "email-taken", ErrorKind.Conflict, "The email address is taken",
        "An account with this email address already exists.");

    /// <remarks>
    /// An unknown address and a wrong password share one error. The answer must not reveal which addresses have
    /// accounts.
    /// </remarks>
    public static readonly Error InvalidCredentials = new(
        "invalid-credentials", ErrorKind.Unauthenticated, "The credentials are not valid",
        "The email address or the password is wrong.");

    /// <remarks>The answer is the same whether the account exists or not. The password is not checked.</remarks>
    public static Error TooManyAttempts(TimeSpan retryAfter) => new(
        "too-many-attempts", ErrorKind.TooManyRequests, "Too many wrong passwords",
        "Too many wrong passwords were tried. Wait before you try again.")
    {
        RetryAfter = retryAfter,
    };

    /// <remarks>
    /// Only a client that has just proved the password gets this error. To others, a locked account looks like any
    /// account.
    /// </remarks>
    public static readonly Error AccountLocked = new(
        "account-locked", ErrorKind.Forbidden, "The account is locked",
        "This account has been locked. Ask an administrator.");

    /// <remarks>
    /// Only a client that has just proved the password gets this error. A password reset confirms the address.
    /// </remarks>
    public static readonly Error EmailNotConfirmed = new(
        "email-not-confirmed", ErrorKind.Forbidden, "The email address is not confirmed",
        "This account needs a confirmed email address. Reset the password by mail, which confirms it.");

    /// <remarks>
    /// The account of the access token is gone. <see cref="NoSuchUser"/> is about an account that a request names.
    /// </remarks>
    public static readonly Error UserNotFound = new(
        "user-not-found", ErrorKind.Unauthenticated, "The account is gone",
        "The account that this token was issued for no longer exists.");

    public static readonly Error NoSuchUser = new(
        "user-not-found", ErrorKind.NotFound, "There is no such user", "There is no account with this id.");

    public static readonly Error StaleVersion = new(
        "stale-version", ErrorKind.PreconditionFailed, "The account is in another state",
        "No ETag in 'If-Match' matches the account. Read the account again, and send the ETag of that answer.");

    /// <remarks>Other requests changed the account each time between its proof and the act that needed it.</remarks>
    public static readonly Error BeingChanged = Error.ServiceUnavailable(
        "The account is being changed. Try again.", TimeSpan.FromSeconds(1));

    public static readonly Error LastAdmin = new(
        "last-admin", ErrorKind.Conflict, "This is the last administrator",
        "Without this account, no administrator could sign in. Make another account an administrator first.");
}
