using CleanJwt.Application.Mail;
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

    private const int MaxFlowTokenLength = 4096;

    // A code of ten characters, with room for spaces and dashes.
    private const int MaxCodeLength = 64;

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

    public static void MustBeAFrontend<T>(this IRuleBuilderInitial<T, string?> rule, FrontendOptions frontends) =>
        rule.Must(frontends.Knows).WithMessage("Must be the name of a frontend of this service, or absent.");

    /// <summary>
    /// Checks the proof of a mailbox: a flow token and its code, or the token of a link. The service reads them.
    /// </summary>
    public static void MustProveAMailbox<T>(
        this AbstractValidator<T> validator, Func<T, string?> flowToken, Func<T, string?> code, Func<T, string?> token)
    {
        const string Either = "Send 'flowToken' and 'code', or 'token'.";
        validator.RuleFor(command => token(command))
            .Must((command, link) => (link is null) != (flowToken(command) is null)).WithMessage(Either)
            .Must((_, link) => link is null or { Length: > 0 and <= MaxFlowTokenLength }).WithMessage(Either)
            .OverridePropertyName("token");
        validator.RuleFor(command => flowToken(command))
            .Must(text => text is null or { Length: > 0 and <= MaxFlowTokenLength }).WithMessage(Either)
            .OverridePropertyName("flowToken");
        validator.RuleFor(command => code(command))
            .Must((command, text) => (text is null) == (flowToken(command) is null)).WithMessage(Either)
            .Must(text => text is null or { Length: > 0 and <= MaxCodeLength })
            .WithMessage($"Must have 1 to {MaxCodeLength} characters.")
            .Must(text => text is null || UnicodeText.IsWellFormed(text)).WithMessage("Must be Unicode text.")
            .OverridePropertyName("code");
    }

    /// <summary>Checks a password that is only compared. The rules for new passwords do not apply to it.</summary>
    /// <remarks><c>NotEmpty</c> would refuse white space, and a password may consist of it.</remarks>
    public static void MustBeAPresentedPassword<T>(this IRuleBuilderInitial<T, string> rule) =>
        rule.Cascade(CascadeMode.Stop)
            .Must(password => !string.IsNullOrEmpty(password)).WithMessage("Required.")
            .Must(UnicodeText.IsWellFormed).WithMessage("Must be Unicode text.")
            .Must(password => UnicodeText.Length(password) <= MaxPresentedPasswordLength)
            .WithMessage($"Must have at most {MaxPresentedPasswordLength} characters.");
}
