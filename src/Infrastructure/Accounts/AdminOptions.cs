using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Passwords;
using Microsoft.Extensions.Options;

namespace CleanJwt.Infrastructure.Accounts;

/// <summary>Names the administrator to create at the start when there is none.</summary>
public sealed class AdminOptions
{
    public const string SectionName = "Admin";

    public string? Email { get; init; }

    public string? Password { get; init; }

    /// <summary>
    /// Whether either is set. An empty value counts as not set, since that is how an environment file leaves a variable
    /// out.
    /// </summary>
    internal bool AreSet => !string.IsNullOrEmpty(Email) || !string.IsNullOrEmpty(Password);
}

/// <summary>
/// Requires both settings or neither, with values that a registration would accept. The password is never printed.
/// </summary>
internal sealed class AdminOptionsRule : IValidateOptions<AdminOptions>
{
    public ValidateOptionsResult Validate(string? name, AdminOptions options)
    {
        var (email, password) = (options.Email, options.Password);
        if (!options.AreSet)
        {
            return ValidateOptionsResult.Success;
        }

        if (!EmailAddress.TryParse(email, out var address))
        {
            return ValidateOptionsResult.Fail(
                $"Admin:Email is {(string.IsNullOrEmpty(email) ? "not set"
                    : $"'{email}'")}; allowed: an email address, together with Admin:Password, or neither.");
        }

        return !string.IsNullOrEmpty(password)
            && UnicodeText.IsWellFormed(
                password) && PasswordRules.HasAllowedLength(password) && !PasswordRules.IsCommon(password)
            && !PasswordRules.Contains(password, address)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"Admin:Password is {(string.IsNullOrEmpty(password) ? "not set"
                    : "not good enough")}; allowed, where Admin:Email is set: {PasswordRules.MinLength} "
                + $"to {PasswordRules.MaxLength} characters, not a commonly used password, "
                + "without the part of the address before the @.");
    }
}
