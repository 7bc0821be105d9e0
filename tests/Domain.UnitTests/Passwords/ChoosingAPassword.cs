using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Passwords;
using static CleanJwt.Domain.UnitTests.Rows;

namespace CleanJwt.Domain.UnitTests.Passwords;

/// <summary>
/// The length of a new password, the address that it must not contain, and the commonly used passwords.
/// </summary>
internal sealed class ChoosingAPassword
{
    private const string Key = "\U0001f511";
    private const string DecomposedE = "e\u0301";

    private static IEnumerable<TestCaseData> Lengths =>
    [
        Row("none", "", false),
        Row("11", Times("x", 11), false),
        Row("12", Times("x", 12), true),
        Row("128", Times("x", 128), true),
        Row("129", Times("x", 129), false),
        Row("11 of two UTF-16 units each", Times(Key, 11), false),
        Row("12 of two UTF-16 units each", Times(Key, 12), true),
        Row("128 of two UTF-16 units each", Times(Key, 128), true),
        Row("129 of two UTF-16 units each", Times(Key, 129), false),
        Row("11 once composed", Times(DecomposedE, 11), false),
        Row("12 once composed", Times(DecomposedE, 12), true),
        Row("128 once composed", Times(DecomposedE, 128), true),
        Row("129 once composed", Times(DecomposedE, 129), false),
        Row("12 spaces", Times(" ", 12), true),
        Row("12 NULs", Times("\0", 12), true),
        Row("12 noncharacters U+FFFE", Times("\ufffe", 12), true),
        Row("11 noncharacters U+FFFE", Times("\ufffe", 11), false),
    ];

    private static IEnumerable<TestCaseData> PasswordsAndAddresses =>
    [
        Row("the local part itself", "lovelace", "lovelace@example.com", true),
        Row("in the middle", "my lovelace 1815", "lovelace@example.com", true),
        Row("in another case", "my LoveLace 1815", "lOVElACE@example.com", true),
        Row("in another composition", "andre\u0301e und andere", "andr\u00e9e@example.com", true),
        Row("in another case and composition", "ANDRE\u0301E und andere", "andr\u00e9e@example.com", true),
        Row("four code points", "anna and the king", "anna@example.com", true),
        Row("four code points of two UTF-16 units each", Times(Key, 12), Times(Key, 4) + "@example.com", true),
        Row("three code points", "ann and the king", "ann@example.com", false),
        Row("three code points of two UTF-16 units each", Times(Key, 12), Times(Key, 3) + "@example.com", false),
        Row(
            "three code points once composed",
            "u\u0308o\u0308a\u0308 and the king",
            "u\u0308o\u0308a\u0308@example.com",
            false),
        Row("only the domain", "example.com is mine", "lovelace@example.com", false),
        Row("only a part of the local part", "my lovelac 1815", "lovelace@example.com", false),
        Row("a look-alike of the local part", "my l\u043evelace 1815", "lovelace@example.com", false),
        Row("beside a noncharacter U+FFFE", "\ufffelovelace\ufffe", "lovelace@example.com", true),
    ];

    private static IEnumerable<TestCaseData> CommonAndOthers =>
    [
        Row("on the list", "password1234", true),
        Row("in upper case", "PASSWORD1234", true),
        Row("in mixed case", "PassWord1234", true),
        Row("keys in a row", "1qaz2wsx3edc", true),
        Row("digits", "123456789012", true),
        Row("one letter", "aaaaaaaaaaaa", true),
        Row("the first of the list", "000000000000", true),
        Row("the last of the list of 12", "zzzzzzzzzzzz", true),
        Row("one character more before", "!password1234", false),
        Row("one character more after", "password1234!", false),
        Row("a space after", "password1234 ", false),
        Row("one character less", "assword1234", false),
        Row("two of the list in two lines", "password1234\n123456789012", false),
        Row("a line break before", "\npassword1234", false),
        Row("nothing", "", false),
        Row("a look-alike", "p\u0430ssword1234", false),
        Row("full-width digits", "password\uff11\uff12\uff13\uff14", false),
        Row("before all of the list", "\u0001", false),
        Row("after all of the list", "\U0001f511", false),
        Row("a sentence", "correct horse battery staple", false),
    ];

    [TestCaseSource(nameof(Lengths))]
    public void Length_CountsComposedCodePoints(string password, bool allowed) =>
        Assert.That(PasswordRules.HasAllowedLength(password), Is.EqualTo(allowed));

    [TestCaseSource(nameof(PasswordsAndAddresses))]
    public void LocalPartOfFourOrMore_IsFound(string password, string email, bool found) =>
        Assert.That(PasswordRules.Contains(password, EmailAddress.Parse(email)), Is.EqualTo(found));

    [TestCaseSource(nameof(CommonAndOthers))]
    public void CommonPassword_IsFoundInAnyCase(string password, bool found) =>
        Assert.That(PasswordRules.IsCommon(password), Is.EqualTo(found));

    [TestCase("pa\u0308sswort", "p\u00e4sswort", TestName = "Composition_IsUndone")]
    [TestCase("a\ufffee\u0301", "a\ufffe\u00e9", TestName = "NoncharacterThatNormalizationRefuses_Stays")]
    [TestCase("Pass Word ", "Pass Word ", TestName = "CaseAndSpaces_Stay")]
    [TestCase("\ufb01", "\ufb01", TestName = "CompatibilityCharacter_Stays")]
    public void Normalize(string password, string normalized) =>
        Assert.That(PasswordRules.Normalize(password), Is.EqualTo(normalized));

    private static string Times(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
