namespace CleanJwt.Domain.Audit;

/// <summary>The actions that audit entries record. They are stored and shown to clients: never change one.</summary>
public static class AuditActions
{
    public const string Register = "register";
    public const string Login = "login";
    public const string Reauthenticate = "reauthenticate";
    public const string Logout = "logout";

    /// <summary>
    /// A client presented a spent refresh token. The outcome is always a failure, and the session ends.
    /// </summary>
    public const string RefreshTokenReuse = "refresh-token-reuse";

    /// <summary>Another service revoked a token of the session, which ended it (RFC 7009).</summary>
    public const string RevokedByClient = "revoked-by-client";

    public const string UpdateProfile = "update-profile";
    public const string ChangePassword = "change-password";
    public const string ConfirmEmail = "confirm-email";

    /// <summary>A forgotten password was replaced by a code or a link from a mail.</summary>
    public const string ResetPassword = "reset-password";

    public const string SetUpTotp = "set-up-totp";
    public const string RemoveTotp = "remove-totp";
    public const string NewRecoveryCodes = "new-recovery-codes";
    public const string RequireSecondFactor = "require-second-factor";
    public const string WaiveSecondFactor = "waive-second-factor";
    public const string AddPasskey = "add-passkey";
    public const string RenamePasskey = "rename-passkey";
    public const string RemovePasskey = "remove-passkey";

    /// <summary>
    /// A passkey whose counter went back was refused, so it may have been copied. The outcome is always a failure.
    /// </summary>
    public const string PasskeyCopied = "passkey-copied";

    public const string EndSession = "end-session";
    public const string EndSessions = "end-sessions";

    /// <summary>Recorded for the administrator alone. The entries of the deleted account go with it.</summary>
    public const string DeleteUser = "delete-user";

    // The operator does these by a command or a setting.
    public const string PasswordSetByOperator = "password-set-by-operator";
    public const string MadeAdminByOperator = "made-admin-by-operator";
    public const string EmailConfirmedByOperator = "email-confirmed-by-operator";
    public const string SecondFactorsResetByOperator = "second-factors-reset-by-operator";
}

/// <summary>Names an administrator's change to an account, once for each of the two accounts' audit entries.</summary>
/// <param name="ActorAction">The action in the administrator's own audit entry.</param>
/// <param name="TargetAction">The action in the audit entry of the changed account.</param>
public sealed record AdministrativeAction(string ActorAction, string TargetAction)
{
    public static readonly AdministrativeAction Lock = new("lock-user", "locked-by-admin");
    public static readonly AdministrativeAction Unlock = new("unlock-user", "unlocked-by-admin");
    public static readonly AdministrativeAction EndSessions = new("end-sessions-of-user", "sessions-ended-by-admin");
    public static readonly AdministrativeAction ResetSecondFactors =
        new("reset-second-factors-of-user", "second-factors-reset-by-admin");

    public static readonly AdministrativeAction SetRoles = new("set-roles-of-user", "roles-set-by-admin");
}
