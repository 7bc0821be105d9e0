using CleanJwt.Domain.Results;

namespace CleanJwt.Domain.Mail;

public static class MailErrors
{
    public static readonly Error MailNotConfigured = new(
        "mail-not-configured", ErrorKind.NotImplemented, "The service sends no mail",
        "The operator has not set up mail, so nothing can be confirmed or reset by mail.");

    /// <remarks>A wrong code, an expired, a spent and an unknown one share one error.</remarks>
    public static readonly Error InvalidCode = new(
        "invalid-code", ErrorKind.Unauthenticated, "The code is not valid",
        "The code or the link is wrong, has expired or was used before. Ask for a new mail.");

    public static readonly Error InvalidFlow = new(
        "invalid-flow", ErrorKind.Unauthenticated, "The flow token is not valid",
        "The flow token is unreadable or has expired. Sign up again.");

    public static readonly Error EmailConfirmedAlready = new(
        "email-confirmed-already", ErrorKind.Conflict, "The address is confirmed",
        "The email address of this account is confirmed already.");

    /// <remarks>The limits count before anything is looked up, alike for known and unknown addresses.</remarks>
    public static Error TooManyMails(TimeSpan retryAfter) => new(
        "too-many-mails", ErrorKind.TooManyRequests, "Too many mails",
        "Too many mails were asked for. Look into the mailbox, or wait before you ask for another one.")
    {
        RetryAfter = retryAfter,
    };
}
