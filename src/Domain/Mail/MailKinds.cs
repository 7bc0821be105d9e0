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

    /// <summary>A second factor was added, removed or refused (<see cref="SecondFactorChanges"/>).</summary>
    public const string SecondFactorChanged = "second-factor-changed";

    public const string FewRecoveryCodes = "few-recovery-codes";

    private static readonly string[] Known =
    [
        ConfirmSignUp, ConfirmEmail, ResetPassword, PasswordChanged, NewSignIn, AccountLocked, AccountDeleted,
        SecondFactorChanged, FewRecoveryCodes,
    ];

    /// <summary>
    /// Whether this version knows what to send for a request. A node of a newer version may store others.
    /// </summary>
    public static bool IsKnown(string kind) => Known.Contains(kind);
}

/// <summary>
/// What a mail of the kind <see cref="MailKinds.SecondFactorChanged"/> tells. The templates have a sentence for each.
/// </summary>
public static class SecondFactorChanges
{
    public const string TotpSetUp = "totp-set-up";
    public const string TotpRemoved = "totp-removed";
    public const string RecoveryCodesReplaced = "recovery-codes-replaced";
    public const string SecondFactorRequired = "second-factor-required";
    public const string SecondFactorWaived = "second-factor-waived";
    public const string PasskeyAdded = "passkey-added";
    public const string PasskeyRemoved = "passkey-removed";

    /// <summary>A passkey was refused because its counter went back.</summary>
    public const string PasskeyCopied = "passkey-copied";

    /// <summary>An administrator or the operator removed all second factors.</summary>
    public const string SecondFactorsReset = "second-factors-reset";

    public static readonly IReadOnlyList<string> All =
    [
        TotpSetUp, TotpRemoved, RecoveryCodesReplaced, SecondFactorRequired, SecondFactorWaived, PasskeyAdded,
        PasskeyRemoved, PasskeyCopied, SecondFactorsReset,
    ];
}
