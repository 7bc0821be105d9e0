namespace CleanJwt.Application.Accounts;

/// <summary>The settings of accounts.</summary>
public sealed class AccountOptions
{
    public const string SectionName = "Accounts";

    /// <summary>
    /// Whether an account needs a confirmed email address. Then a sign-up becomes an account only once its address is
    /// proved, and an older account without a confirmed address can't sign in.
    /// </summary>
    public bool RequireConfirmedEmail { get; init; }
}
