using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Passwords;
using Microsoft.Extensions.Options;

namespace CleanJwt.Infrastructure.Accounts;

/// <summary>The first administrator, made at the start when there is none.</summary>
public sealed class AdminOptions
{
    public const string SectionName = "Admin";

    public string? Email { get; init; }

    public string? Password { get; init; }

    /// <summary>Empty is not set: so an environment file says it.</summary>
    internal bool AreSet => !string.IsNullOrEmpty(Email) || !string.IsNullOrEmpty(Password);
}

/// <summary>Both or neither, and what a sign-up would accept. The password's value is never printed.</summary>
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
                $"Admin:Email is {(string.IsNullOrEmpty(email) ? "not set" : $"'{email}'")}; allowed: an email address, together with Admin:Password, or neither.");
        }

        return !string.IsNullOrEmpty(password)
            && UnicodeText.IsWellFormed(password) && PasswordRules.HasAllowedLength(password) && !PasswordRules.IsCommon(password)
            && !PasswordRules.Contains(password, address)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"Admin:Password is {(string.IsNullOrEmpty(password) ? "not set" : "not good enough")}; allowed, where Admin:Email is set: {PasswordRules.MinLength} "
                + $"to {PasswordRules.MaxLength} characters, not a commonly used password, without the part of the address before the @.");
    }
}
