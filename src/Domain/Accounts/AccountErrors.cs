using CleanJwt.Domain.Results;

namespace CleanJwt.Domain.Accounts;

public static class AccountErrors
{
    public static readonly Error EmailTaken = new(
        "email-taken", ErrorKind.Conflict, "The email address is taken", "There is an account with this email address already.");

    /// <remarks>One error for an unknown address and a wrong password: the answer must not tell which addresses have accounts.</remarks>
    public static readonly Error InvalidCredentials = new(
        "invalid-credentials", ErrorKind.Unauthenticated, "The credentials are not valid", "The email address or the password is wrong.");

    /// <remarks>The same whether the address has an account or not, and whether the password is right: it is not even looked at.</remarks>
    public static Error TooManyAttempts(TimeSpan retryAfter) => new(
        "too-many-attempts", ErrorKind.TooManyRequests, "Too many wrong passwords", "Too many wrong passwords were tried. Wait a while before the next one.")
    {
        RetryAfter = retryAfter,
    };

    /// <remarks>Only for somebody who has just proved the password: to anybody else a locked account looks like any other.</remarks>
    public static readonly Error AccountLocked = new(
        "account-locked", ErrorKind.Forbidden, "The account is locked", "This account has been locked. Ask an administrator.");

    /// <remarks>For whoever asks with a token of that account. For somebody else's account see <see cref="NoSuchUser"/>.</remarks>
    public static readonly Error UserNotFound = new(
        "user-not-found", ErrorKind.Unauthenticated, "The account is gone", "The account that this token was issued for no longer exists.");

    public static readonly Error NoSuchUser = new(
        "user-not-found", ErrorKind.NotFound, "There is no such user", "There is no account of this id.");

    public static readonly Error StaleVersion = new(
        "stale-version", ErrorKind.PreconditionFailed, "The account is in another state",
        "None of the ETags in 'If-Match' is the account's. Read it again, and send its ETag as it was answered.");

    public static readonly Error LastAdmin = new(
        "last-admin", ErrorKind.Conflict, "This is the last administrator",
        "Without this account there would be no administrator left who can sign in. Make another one first.");
}
