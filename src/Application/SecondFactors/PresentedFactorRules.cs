using System.Text.Json;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using FluentValidation;

namespace CleanJwt.Application.SecondFactors;

/// <summary>The validation rules of presented second factors.</summary>
internal static class PresentedFactorRules
{
    // The state of a registration holds the address and the name of the account, with escapes.
    private const int MaxTokenLength = 16 * 1024;
    private const int MaxCodeLength = 64;

    public static void MustBeASealedToken<T>(this IRuleBuilderInitial<T, string> rule) =>
        rule.Cascade(CascadeMode.Stop)
            .Must(text => !string.IsNullOrEmpty(text)).WithMessage("Required.")
            .MaximumLength(MaxTokenLength).WithMessage($"Must have at most {MaxTokenLength} characters.");

    public static void MustBeAnObject<T>(this IRuleBuilderInitial<T, JsonElement> rule) =>
        rule.Must(element => element.ValueKind == JsonValueKind.Object).WithMessage("Must be a JSON object.");

    public static IRuleBuilderOptions<T, string?> MustBeATypedCode<T>(this IRuleBuilderInitial<T, string?> rule) =>
        rule.Cascade(CascadeMode.Stop)
            .Must(text => text is null or { Length: > 0 and <= MaxCodeLength })
            .WithMessage($"Must have 1 to {MaxCodeLength} characters.")
            .Must(text => text is null || UnicodeText.IsWellFormed(text)).WithMessage("Must be Unicode text.");

    /// <summary>Checks the parts of a second factor. At most one of them may be there.</summary>
    /// <param name="isRequired">Whether one must be there.</param>
    public static void MustPresentAFactor<T>(
        this AbstractValidator<T> validator, Func<T, PresentedFactor> factorOf, bool isRequired)
    {
        validator.RuleFor(command => factorOf(command).Code).MustBeATypedCode()
            .Must((command, _) => IsOne(factorOf(command), isRequired) || !IsWellFormed(factorOf(command).Passkey))
            .WithMessage("Send one of 'code', 'recoveryCode' and 'passkey'.")
            .OverridePropertyName("code");
        validator.RuleFor(command => factorOf(command).RecoveryCode).MustBeATypedCode()
            .OverridePropertyName("recoveryCode");
        validator.RuleFor(command => factorOf(command).Passkey)
            .Must(IsWellFormed)
            .WithMessage("Must have the 'state' of the options, and the 'credential' as a JSON object.")
            .OverridePropertyName("passkey");
    }

    private static bool IsOne(PresentedFactor factor, bool isRequired) =>
        new object?[] { factor.Code, factor.RecoveryCode, factor.Passkey }.Count(part => part is not null) is var count
        && (count == 1 || (count == 0 && !isRequired));

    private static bool IsWellFormed(PresentedPasskey? passkey) => passkey is null
        or { State.Length: > 0 and <= MaxTokenLength, Credential.ValueKind: JsonValueKind.Object };
}
