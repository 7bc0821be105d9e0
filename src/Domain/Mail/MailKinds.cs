namespace CleanJwt.Domain.Mail;

/// <summary>The mails that the service sends. The names are stored, and name the templates: never change one.</summary>
public static class MailKinds
{
    /// <summary>A code and a link with which a sign-up becomes an account.</summary>
    public const string ConfirmSignUp = "confirm-sign-up";

    /// <summary>
    /// Tells the owner of an account that a sign-up used its address. The dispatcher sends it instead of
    /// <see cref="ConfirmSignUp"/>.
    /// </summary>
    public const string SignUpTaken = "sign-up-taken";

    /// <summary>A link, and a code if a session asked for one, with which an account's address is confirmed.</summary>
    public const string ConfirmEmail = "confirm-email";

    /// <summary>A code and a link with which a forgotten password is replaced.</summary>
    public const string ResetPassword = "reset-password";

    // Notices. They tell the owner what was done, and ask for nothing.
    public const string PasswordChanged = "password-changed";
    public const string NewSignIn = "new-sign-in";
    public const string AccountLocked = "account-locked";
    public const string AccountDeleted = "account-deleted";

    private static readonly string[] Known =
    [
        ConfirmSignUp, ConfirmEmail, ResetPassword, PasswordChanged, NewSignIn, AccountLocked, AccountDeleted,
    ];

    /// <summary>
    /// Whether this version knows what to send for a request. A node of a newer version may store others.
    /// </summary>
    public static bool IsKnown(string kind) => Known.Contains(kind);
}
