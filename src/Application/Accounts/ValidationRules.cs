using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Passwords;
using FluentValidation;

namespace CleanJwt.Application.Accounts;

/// <summary>The validation rules that several use cases share.</summary>
internal static class ValidationRules
{
    public const string ContainsLocalPart = "Must not contain the part of the email address before the @.";

    // Passwords that were imported from an older database may be longer than a new one.
    private const int MaxPresentedPasswordLength = 1024;

    public static void MustBeAnEmailAddress<T>(this IRuleBuilderInitial<T, string> rule) =>
        rule.Cascade(CascadeMode.Stop)
            .NotEmpty().WithMessage("Required.")
            .Must(text => EmailAddress.TryParse(text, out _))
            .WithMessage(
                $"Must be one email address of {EmailAddress.MinLength} to {EmailAddress.MaxLength} characters.");

    /// <summary>
    /// Checks a new password whose account the message does not name. The handler checks
    /// <see cref="PasswordRules.Contains"/> as well.
    /// </summary>
    public static IRuleBuilderOptions<T, string> MustBeAGoodPassword<T>(this IRuleBuilderInitial<T, string> rule) =>
        rule.Cascade(CascadeMode.Stop)
            .NotNull().WithMessage("Required.")
            .Must(UnicodeText.IsWellFormed).WithMessage("Must be Unicode text.")
            .Must(PasswordRules.HasAllowedLength)
            .WithMessage($"Must have {PasswordRules.MinLength} to {PasswordRules.MaxLength} characters.")
            .Must(password => !PasswordRules.IsCommon(password))
            .WithMessage("Must not be one of the commonly used passwords.");

    public static void MustBeAGoodPasswordFor<T>(this IRuleBuilderInitial<T, string> rule, Func<T, string?> email) =>
        rule.MustBeAGoodPassword()
            .Must((message, password) =>
                !EmailAddress.TryParse(email(message), out var address) || !PasswordRules.Contains(password, address))
            .WithMessage(ContainsLocalPart);

    public static void MustBeADisplayName<T>(this IRuleBuilderInitial<T, string?> rule) =>
        rule.Must(DisplayName.IsValid)
            .WithMessage(
                $"Must be one line of at most {DisplayName.MaxLength} characters, "
                + "without control or invisible characters.");

    /// <summary>Checks a password that is only compared. The rules for new passwords do not apply to it.</summary>
    /// <remarks><c>NotEmpty</c> would refuse white space, and a password may consist of it.</remarks>
    public static void MustBeAPresentedPassword<T>(this IRuleBuilderInitial<T, string> rule) =>
        rule.Cascade(CascadeMode.Stop)
            .Must(password => !string.IsNullOrEmpty(password)).WithMessage("Required.")
            .Must(UnicodeText.IsWellFormed).WithMessage("Must be Unicode text.")
            .Must(password => UnicodeText.Length(password) <= MaxPresentedPasswordLength)
            .WithMessage($"Must have at most {MaxPresentedPasswordLength} characters.");
}
