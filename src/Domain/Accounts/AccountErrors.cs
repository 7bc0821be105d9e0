using CleanJwt.Domain.Results;

namespace CleanJwt.Domain.Accounts;

public static class AccountErrors
{
    public static readonly Error EmailTaken = new(
        "email-taken", ErrorKind.Conflict, "The email address is taken", "There is an account with this email address already.");

    /// <remarks>One error for an unknown address and a wrong password: the answer must not tell which addresses have accounts.</remarks>
    public static readonly Error InvalidCredentials = new(
        "invalid-credentials", ErrorKind.Unauthenticated, "The credentials are not valid", "The email address or the password is wrong.");

    /// <remarks>Only for somebody who has just proved the password: to anybody else a locked account looks like any other.</remarks>
    public static readonly Error AccountLocked = new(
        "account-locked", ErrorKind.Forbidden, "The account is locked", "This account has been locked. Ask an administrator.");

    public static readonly Error UserNotFound = new(
        "user-not-found", ErrorKind.Unauthenticated, "The account is gone", "The account that this token was issued for no longer exists.");
}
