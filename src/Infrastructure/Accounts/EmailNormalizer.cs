using CleanJwt.Domain.Accounts;
using Microsoft.AspNetCore.Identity;

namespace CleanJwt.Infrastructure.Accounts;

/// <summary>
/// Gives Identity the rule by which two email addresses are the same. User names are email addresses here.
/// </summary>
internal sealed class EmailNormalizer : ILookupNormalizer
{
    public string? NormalizeEmail(string? email) => email is null ? null : EmailAddress.Parse(email).Normalized;

    public string? NormalizeName(string? name) => NormalizeEmail(name);
}
