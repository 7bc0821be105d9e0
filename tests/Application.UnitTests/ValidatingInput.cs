using CleanJwt.Application.Accounts;
using CleanJwt.Application.Clients;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Sessions;
using FluentValidation.Results;

namespace CleanJwt.Application.UnitTests;

/// <summary>The rules for each message, and the answer for a field that breaks them.</summary>
internal sealed class ValidatingInput
{
    private const string Email = "ada.lovelace@example.com";
    private const string Password = "correct horse battery staple";
    private const string LoneSurrogate = "\ud83d";

    private const string Required = "Required.";
    private const string NotAnEmail = "Must be one email address of 3 to 254 characters.";
    private const string NotText = "Must be Unicode text.";
    private const string WrongLength = "Must have 12 to 128 characters.";
    private const string Common = "Must not be one of the commonly used passwords.";
    private const string HoldsLocalPart = "Must not contain the part of the email address before the @.";
    private const string TooLongToCompare = "Must have at most 1024 characters.";
    private const string NotOneLine = "Must be one line of at most 100 characters, without control or invisible characters.";

    private static IEnumerable<TestCaseData> Registrations =>
    [
        Row("all good", new RegisterCommand(Email, Password, "Ada")),
        Row("no display name", new RegisterCommand(Email, Password, null)),
        Row("password of spaces", new RegisterCommand(Email, Times(" ", 12), null)),
        Row("password with NUL and U+FFFE", new RegisterCommand(Email, Times("\0\ufffe", 6), null)),
        Row("display name of spaces", new RegisterCommand(Email, Password, "  ")),
        Row("nothing at all", new RegisterCommand(null!, null!, null), ("Email", Required), ("Password", Required)),
        Row("empty", new RegisterCommand("", "", ""), ("Email", Required), ("Password", WrongLength)),
        Row("address of spaces", new RegisterCommand("  ", Password, null), ("Email", Required)),
        Row("no address", new RegisterCommand("ada", Password, null), ("Email", NotAnEmail)),
        Row("address with NUL", new RegisterCommand("ada\0@example.com", Password, null), ("Email", NotAnEmail)),
        Row("address with U+FFFE", new RegisterCommand("ada\ufffe@example.com", Password, null), ("Email", NotAnEmail)),
        Row(
            "address with a lone surrogate",
            new RegisterCommand($"ada{LoneSurrogate}@example.com", Password, null),
            ("Email", NotAnEmail)),
        Row("address of 1 MiB", new RegisterCommand(Times("a", 1 << 20) + "@b", Password, null), ("Email", NotAnEmail)),
        Row("password of 11", new RegisterCommand(Email, Times("x", 11), null), ("Password", WrongLength)),
        Row("password of 129", new RegisterCommand(Email, Times("x", 129), null), ("Password", WrongLength)),
        Row("password of 1 MiB", new RegisterCommand(Email, Times("x", 1 << 20), null), ("Password", WrongLength)),
        Row(
            "password with a lone surrogate",
            new RegisterCommand(Email, Password + LoneSurrogate, null),
            ("Password", NotText)),
        Row(
            "password with the local part",
            new RegisterCommand(Email, "my Ada.LOVELACE 1815", null),
            ("Password", HoldsLocalPart)),
        Row("common password", new RegisterCommand(Email, "password1234", null), ("Password", Common)),
        Row("common password in another case", new RegisterCommand(Email, "PassWord1234", null), ("Password", Common)),
        Row("common password and one character more", new RegisterCommand(Email, "password1234!", null)),
        Row(
            "common password of the local part",
            new RegisterCommand("password@example.com", "password1234", null),
            ("Password", Common)),
        Row("password with a short local part", new RegisterCommand("ada@example.com", "my ada 1815 password", null)),
        Row(
            "password with what is no address",
            new RegisterCommand("lovelace", "my lovelace 1815", null),
            ("Email", NotAnEmail)),
        Row(
            "display name of two lines",
            new RegisterCommand(Email, Password, "Ada\nLovelace"),
            ("DisplayName", NotOneLine)),
        Row("display name of 101", new RegisterCommand(Email, Password, Times("x", 101)), ("DisplayName", NotOneLine)),
        Row(
            "display name with a lone surrogate",
            new RegisterCommand(Email, Password, LoneSurrogate),
            ("DisplayName", NotOneLine)),
    ];

    private static IEnumerable<TestCaseData> SignIns =>
    [
        Row("all good", new LoginCommand(Email, Password, "account:read")),
        Row("short password of an older database", new LoginCommand(Email, "x", null)),
        Row("password of spaces", new LoginCommand(Email, Times(" ", 12), null)),
        Row("password of 1024", new LoginCommand(Email, Times("\U0001f511", 1024), null)),
        Row("password with the local part", new LoginCommand(Email, Email, null)),
        Row("common password", new LoginCommand(Email, "password1234", null)),
        Row("any scope", new LoginCommand(Email, Password, "nonsense")),
        Row("nothing at all", new LoginCommand(null!, null!, null), ("Email", Required), ("Password", Required)),
        Row("empty", new LoginCommand("", "", ""), ("Email", Required), ("Password", Required)),
        Row("no address", new LoginCommand("ada", Password, null), ("Email", NotAnEmail)),
        Row(
            "password of 1025",
            new LoginCommand(Email, Times("\U0001f511", 1025), null),
            ("Password", TooLongToCompare)),
        Row("password with a lone surrogate", new LoginCommand(Email, LoneSurrogate, null), ("Password", NotText)),
    ];

    private static IEnumerable<TestCaseData> Refreshes =>
    [
        Row("any token", new RefreshCommand("x", null)),
        Row("any token and scope", new RefreshCommand("x", "nonsense")),
        Row("nothing at all", new RefreshCommand(null!, null), ("RefreshToken", Required)),
        Row("empty", new RefreshCommand("", null), ("RefreshToken", Required)),
        Row(
            "no rotation of a token in the body",
            new RefreshCommand("x", Rotate: false),
            ("Rotate", "False is for a refresh token in a cookie (transport=cookie).")),
        Row(
            "no rotation of a cookie",
            new RefreshCommand("x", Rotate: false) { Transport = TokenTransport.Cookie }),
    ];

    private static IEnumerable<TestCaseData> PasswordChanges =>
    [
        Row("all good", new ChangePasswordCommand("x", Password)),
        Row("the same again", new ChangePasswordCommand(Password, Password)),
        Row("passwords of spaces", new ChangePasswordCommand(" ", Times(" ", 12))),
        Row(
            "nothing at all",
            new ChangePasswordCommand(null!, null!),
            ("CurrentPassword", Required),
            ("NewPassword", Required)),
        Row("empty", new ChangePasswordCommand("", ""), ("CurrentPassword", Required), ("NewPassword", WrongLength)),
        Row(
            "current password of 1025",
            new ChangePasswordCommand(Times("x", 1025), Password),
            ("CurrentPassword", TooLongToCompare)),
        Row(
            "current password with a lone surrogate",
            new ChangePasswordCommand(LoneSurrogate, Password),
            ("CurrentPassword", NotText)),
        Row("new password of 11", new ChangePasswordCommand("x", Times("x", 11)), ("NewPassword", WrongLength)),
        Row("new password of 129", new ChangePasswordCommand("x", Times("x", 129)), ("NewPassword", WrongLength)),
        Row("new password of 128 in two units each", new ChangePasswordCommand("x", Times("\U0001f511", 128))),
        Row("common current password", new ChangePasswordCommand("password1234", Password)),
        Row("common new password", new ChangePasswordCommand("x", "PASSWORD1234"), ("NewPassword", Common)),
        Row(
            "new password with a lone surrogate",
            new ChangePasswordCommand("x", Password + LoneSurrogate),
            ("NewPassword", NotText)),
    ];

    private static IEnumerable<TestCaseData> Proofs =>
    [
        Row("any password", new ReauthenticateCommand("x")),
        Row("common password", new ReauthenticateCommand("password1234")),
        Row("password of spaces", new ReauthenticateCommand(" ")),
        Row("nothing at all", new ReauthenticateCommand(null!), ("Password", Required)),
        Row("empty", new ReauthenticateCommand(""), ("Password", Required)),
        Row("password of 1025", new ReauthenticateCommand(Times("x", 1025)), ("Password", TooLongToCompare)),
        Row("password with a lone surrogate", new ReauthenticateCommand(LoneSurrogate), ("Password", NotText)),
    ];

    private static IEnumerable<TestCaseData> Profiles =>
    [
        Row("nothing at all", new UpdateProfileCommand()),
        Row("no name", new UpdateProfileCommand { DisplayName = null }),
        Row("name of spaces", new UpdateProfileCommand { DisplayName = Times(" ", 200) }),
        Row("name of 100 between spaces", new UpdateProfileCommand { DisplayName = $" {Times("\U0001f511", 100)} " }),
        Row("name of 101", new UpdateProfileCommand { DisplayName = Times("x", 101) }, ("DisplayName", NotOneLine)),
        Row(
            "name of two lines",
            new UpdateProfileCommand { DisplayName = "Ada\u2029Lovelace" },
            ("DisplayName", NotOneLine)),
        Row(
            "name with a lone surrogate",
            new UpdateProfileCommand { DisplayName = LoneSurrogate },
            ("DisplayName", NotOneLine)),
    ];

    private static IEnumerable<TestCaseData> TokensOfOtherServices =>
    [
        Row("any token", "x"),
        Row("nothing at all", null!, ("Token", Required)),
        Row("empty", "", ("Token", Required)),
        Row("token of spaces", " \t", ("Token", Required)),
    ];

    [TestCaseSource(nameof(Registrations))]
    public void Register_SaysWhatIsWrong(RegisterCommand command, (string, string)[] failures) =>
        Expect(new RegisterValidator(new FrontendOptions()).Validate(command), failures);

    [TestCaseSource(nameof(SignIns))]
    public void Login_SaysWhatIsWrong(LoginCommand command, (string, string)[] failures) =>
        Expect(new LoginValidator().Validate(command), failures);

    [TestCaseSource(nameof(Refreshes))]
    public void Refresh_SaysWhatIsWrong(RefreshCommand command, (string, string)[] failures) =>
        Expect(new RefreshValidator().Validate(command), failures);

    [TestCaseSource(nameof(PasswordChanges))]
    public void ChangePassword_SaysWhatIsWrong(ChangePasswordCommand command, (string, string)[] failures) =>
        Expect(new ChangePasswordValidator().Validate(command), failures);

    [TestCaseSource(nameof(Proofs))]
    public void Reauthenticate_SaysWhatIsWrong(ReauthenticateCommand command, (string, string)[] failures) =>
        Expect(new ReauthenticateValidator().Validate(command), failures);

    [TestCaseSource(nameof(Profiles))]
    public void UpdateProfile_SaysWhatIsWrong(UpdateProfileCommand command, (string, string)[] failures) =>
        Expect(new UpdateProfileValidator().Validate(command), failures);

    [TestCaseSource(nameof(TokensOfOtherServices))]
    public void Introspect_SaysWhatIsWrong(string token, (string, string)[] failures) =>
        Expect(new IntrospectValidator().Validate(new IntrospectQuery(token)), failures);

    [TestCaseSource(nameof(TokensOfOtherServices))]
    public void RevokeToken_SaysWhatIsWrong(string token, (string, string)[] failures) =>
        Expect(new RevokeTokenValidator().Validate(new RevokeTokenCommand(token)), failures);

    private static void Expect(ValidationResult result, (string Field, string Message)[] failures) =>
        Assert.That(
            result.Errors.Select(failure => (failure.PropertyName, failure.ErrorMessage)), Is.EquivalentTo(failures));

    private static TestCaseData Row(string name, object command, params (string Field, string Message)[] failures) =>
        new TestCaseData(command, failures).SetArgDisplayNames(name);

    private static string Times(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
