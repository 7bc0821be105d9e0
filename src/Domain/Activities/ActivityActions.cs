namespace CleanJwt.Domain.Activities;

/// <summary>What a trail can tell of. Stored and shown: never change one.</summary>
public static class ActivityActions
{
    public const string Register = "register";
    public const string Login = "login";
    public const string Reauthenticate = "reauthenticate";
    public const string Logout = "logout";

    /// <summary>A refresh token came a second time. Always a failure, and the end of its session.</summary>
    public const string RefreshTokenReuse = "refresh-token-reuse";

    /// <summary>Another service has ended the session, with a token of it (RFC 7009).</summary>
    public const string RevokedByClient = "revoked-by-client";

    public const string UpdateProfile = "update-profile";
    public const string ChangePassword = "change-password";
    public const string EndSession = "end-session";
    public const string EndSessions = "end-sessions";

    /// <summary>In the administrator's trail alone: the other goes with its account.</summary>
    public const string DeleteUser = "delete-user";

    // By whoever runs the service's commands or sets its configuration.
    public const string PasswordSetByOperator = "password-set-by-operator";
    public const string MadeAdminByOperator = "made-admin-by-operator";
}

/// <summary>What an administrator does to an account. It is told twice: in the administrator's trail and in the account's.</summary>
/// <param name="Done">In the trail of whoever did it.</param>
/// <param name="Suffered">In the trail of the account it was done to, which does not learn from where.</param>
public sealed record AdministrativeAct(string Done, string Suffered)
{
    public static readonly AdministrativeAct Lock = new("lock-user", "locked-by-admin");
    public static readonly AdministrativeAct Unlock = new("unlock-user", "unlocked-by-admin");
    public static readonly AdministrativeAct EndSessions = new("end-sessions-of-user", "sessions-ended-by-admin");
    public static readonly AdministrativeAct SetRoles = new("set-roles-of-user", "roles-set-by-admin");
}
