using System.Linq.Expressions;
using CleanJwt.Application.Ports;
using Microsoft.AspNetCore.Identity;

namespace CleanJwt.Infrastructure.Accounts;

/// <summary>An account as ASP.NET Core Identity stores it, with what this service adds.</summary>
public sealed class AppUser : IdentityUser<Guid>
{
    /// <summary>For queries. The first condition is that of the index, which holds only accounts that have roles.</summary>
    internal static readonly Expression<Func<AppUser, bool>> IsAdmin = user =>
        user.Roles != "" && (" " + user.Roles + " ").Contains(" " + Domain.Accounts.Roles.Admin + " ");

    public string? DisplayName { get; set; }

    /// <summary>Space-separated. A column and not a table: every sign-in and refresh reads them with the account.</summary>
    public string Roles { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Of what the account shows of itself. Identity's stamps change for other reasons too, such as a rehash.</summary>
    public int Version { get; set; } = 1;

    /// <summary>Grows whenever sign-ins that began before must not succeed any more: a password change, a role change, a lock, a deletion.</summary>
    public int SecurityVersion { get; set; } = 1;

    public bool Locked { get; set; }

    internal static AppUser From(NewAccount account, string passwordHash, DateTimeOffset now) => new()
    {
        Id = account.Id,
        UserName = account.Email.Value,
        NormalizedUserName = account.Email.Normalized,
        Email = account.Email.Value,
        NormalizedEmail = account.Email.Normalized,
        PasswordHash = passwordHash,
        SecurityStamp = Guid.NewGuid().ToString("N"),
        DisplayName = account.DisplayName,
        Roles = JoinRoles(account.Roles),
        CreatedAt = now,
        UpdatedAt = now,
    };

    public static IReadOnlyList<string> SplitRoles(string roles) => roles.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    internal static string JoinRoles(IEnumerable<string> roles) => string.Join(' ', roles);
}
