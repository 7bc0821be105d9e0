namespace CleanJwt.Domain.Sessions;

/// <summary>The reason why a session ended. The numbers are stored: never change one.</summary>
public enum SessionEndReason
{
    Logout = 1,
    RefreshTokenReused = 2,
    EndedByOwner = 3,
    TooManySessions = 4,
    EndedByOperator = 5,
    PasswordChanged = 6,
    AccountLocked = 7,
    RolesChanged = 8,
    AccountDeleted = 9,
    EndedByAdmin = 10,
    RevokedByClient = 11,
    PasswordReset = 12,
    SecondFactorChanged = 13,
    PasskeyRemoved = 14,
}
