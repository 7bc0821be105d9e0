using System.Linq.Expressions;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using Microsoft.AspNetCore.Identity;

namespace CleanJwt.Infrastructure.Accounts;

/// <summary>An account as ASP.NET Core Identity stores it, with what this service adds.</summary>
public sealed class AppUser : IdentityUser<Guid>
{
    /// <summary>
    /// Finds administrators. The first condition matches the filter of the index, which holds only accounts with roles.
    /// </summary>
    internal static readonly Expression<Func<AppUser, bool>> IsAdmin = user =>
        user.Roles != "" && (" " + user.Roles + " ").Contains(" " + Domain.Accounts.Roles.Admin + " ");

    public string? DisplayName { get; set; }

    /// <summary>
    /// The roles, space-separated. They are a column because every sign-in and refresh reads them with the account.
    /// </summary>
    public string Roles { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>
    /// Grows with each change that the account's ETag must show. Identity's stamps also change for other reasons, such
    /// as a rehash.
    /// </summary>
    public int Version { get; set; } = 1;

    /// <summary>
    /// Grows with each change after which an older sign-in must not succeed: a password change, a role change, a lock,
    /// a deletion.
    /// </summary>
    public int SecurityVersion { get; set; } = 1;

    /// <summary>Whether sign-ins are refused.</summary>
    public bool Locked { get; set; }

    internal Account ToAccount() =>
        new(Id, Email!, EmailConfirmed, DisplayName, SplitRoles(Roles), CreatedAt, UpdatedAt, Version);

    internal ManagedAccount ToManagedAccount() => new(ToAccount(), Locked);

    internal static AppUser From(NewAccount account, string passwordHash, DateTimeOffset now) => new()
    {
        Id = account.Id,
        UserName = account.Email.Value,
        NormalizedUserName = account.Email.Normalized,
        Email = account.Email.Value,
        NormalizedEmail = account.Email.Normalized,
        EmailConfirmed = account.EmailConfirmed,
        PasswordHash = passwordHash,
        SecurityStamp = Guid.NewGuid().ToString("N"),
        DisplayName = account.DisplayName,
        Roles = JoinRoles(account.Roles),
        CreatedAt = now,
        UpdatedAt = now,
    };

    internal static IReadOnlyList<string> SplitRoles(string roles) =>
        roles.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    internal static string JoinRoles(IEnumerable<string> roles) => string.Join(' ', roles);
}
