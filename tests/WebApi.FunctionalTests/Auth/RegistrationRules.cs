using System.Net.Http.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Auth;

/// <summary>What a new account's fields must be.</summary>
internal sealed class RegistrationRules
{
    private const string Good = TestAccounts.Password;
    private readonly CleanJwtApp _app = SharedService.App;

    private static IEnumerable<TestCaseData> Refused()
    {
        yield return Row("EmailMissing", null, Good, null, "email");
        yield return Row("EmailEmpty", "", Good, null, "email");
        yield return Row("EmailOfWhiteSpace", "    ", Good, null, "email");
        yield return Row("EmailWithoutAt", "ada.example.com", Good, null, "email");
        yield return Row("EmailWithTwoAts", "ada@b@example.com", Good, null, "email");
        yield return Row("EmailWithoutLocalPart", "@example.com", Good, null, "email");
        yield return Row("EmailWithoutDomain", "ada@", Good, null, "email");
        yield return Row("EmailOfTwoCharacters", "a@", Good, null, "email");
        yield return Row("EmailOf255Characters", new string('a', 255 - 12) + "@example.com", Good, null, "email");
        yield return Row("TwoEmails", "ada@example.com,bob@example.com", Good, null, "email");
        yield return Row("EmailWithName", "Ada <ada@example.com>", Good, null, "email");
        yield return Row("EmailWithSpaceInside", "ada b@example.com", Good, null, "email");
        yield return Row("EmailWithLineBreak", "ada@example.com\r\nBcc: all@example.com", Good, null, "email");
        yield return Row("EmailWithNul", "ada\0@example.com", Good, null, "email");
        yield return Row("EmailWithZeroWidthSpace", "ada\u200b@example.com", Good, null, "email");
        yield return Row("EmailWithRightToLeftOverride", "ada\u202e@example.com", Good, null, "email");
        yield return Row("EmailWithNoncharacter", "ada\ufffe@example.com", Good, null, "email");
        yield return Row("PasswordMissing", "ada@example.com", null, null, "password");
        yield return Row("PasswordEmpty", "ada@example.com", "", null, "password");
        yield return Row("PasswordOf11Characters", "ada@example.com", "elevenchars", null, "password");
        yield return Row(
            "PasswordOf11CharactersOf22Units",
            "ada@example.com",
            string.Concat(Enumerable.Repeat("😀", 11)),
            null,
            "password");
        yield return Row("PasswordOf129Characters", "ada@example.com", new string('x', 129), null, "password");
        yield return Row("PasswordWithLocalPart", "lovelace@example.com", "my-lovelace-2031", null, "password");
        yield return Row(
            "PasswordWithLocalPartInAnotherCase", "lovelace@example.com", "my-LoveLACE-2031", null, "password");
        yield return Row("PasswordWithLocalPartOfFour", "love@example.com", "my-LOVE-of-2031", null, "password");
        yield return Row(
            "PasswordWithLocalPartComposedOtherwise",
            "zo\u00e9@example.com".Replace("zo", "chlozo", StringComparison.Ordinal),
            "my-CHLOZOE\u0301-2031",
            null,
            "password");
        yield return Row(
            "PasswordWithLocalPartOfEmailWithSpaces", "  lovelace@example.com ", "my-lovelace-2031", null, "password");
        yield return Row("PasswordThatIsCommon", "ada@example.com", "password1234", null, "password");
        yield return Row("PasswordThatIsCommonInAnotherCase", "ada@example.com", "PassWord1234", null, "password");
        yield return Row("PasswordOfOneLetter", "ada@example.com", "zzzzzzzzzzzz", null, "password");
        yield return Row("DisplayNameOf101Characters", "ada@example.com", Good, new string('x', 101), "displayName");
        yield return Row("DisplayNameWithNul", "ada@example.com", Good, "Ada\0", "displayName");
        yield return Row("DisplayNameWithLineBreak", "ada@example.com", Good, "Ada\nLovelace", "displayName");
        yield return Row("DisplayNameWithEscape", "ada@example.com", Good, "Ada\u001b[31m", "displayName");
        yield return Row("DisplayNameWithC1Control", "ada@example.com", Good, "Ada\u0085Lovelace", "displayName");
        yield return Row("EmailAndPassword", "ada", "short", null, "email", "password");
        yield return Row("Everything", null, null, "Ada\0", "email", "password", "displayName");
    }

    private static IEnumerable<TestCaseData> Accepted()
    {
        var unique = Guid.NewGuid().ToString("N");
        yield return Row("EmailOfThreeCharacters", "a@b", Good, null);
        yield return Row("EmailOf254Characters", new string('a', 254 - 44) + unique + "@example.com", Good, null);
        yield return Row(
            "EmailOf254CharactersOfTwoUnits",
            string.Concat(Enumerable.Repeat("𝒜", 254 - 44)) + unique + "@example.com",
            Good,
            null);
        yield return Row("EmailInAnotherScript", $"用户{unique}@例え.jp", Good, null);
        yield return Row("EmailWithQuoteAndPlus", $"o'brien+{unique}@example.com", Good, null);
        yield return Row("PasswordOf12Characters", $"{unique}12@example.com", "twelve chars", null);
        yield return Row(
            "PasswordOf12CharactersOf24Units",
            $"{unique}emoji@example.com",
            string.Concat(Enumerable.Repeat("😀", 12)),
            null);
        yield return Row("PasswordOf128Characters", $"{unique}128@example.com", new string('x', 128), null);
        yield return Row(
            "PasswordOf128CharactersOf256Units",
            $"{unique}256@example.com",
            string.Concat(Enumerable.Repeat("😀", 128)),
            null);
        yield return Row("PasswordOfSpaces", $"{unique}spaces@example.com", "            ", null);
        yield return Row("PasswordOfOneLetter", $"{unique}letter@example.com", "zzzzzzzzzzzzz", null);
        yield return Row(
            "PasswordOneCharacterLongerThanACommonOne", $"{unique}longer@example.com", "password1234!", null);
        yield return Row("PasswordWithControls", $"{unique}controls@example.com", "\0\a\b\n\r\t\u001b twelve", null);
        yield return Row("PasswordWithNoncharacters", $"{unique}non@example.com", "\uffff\ufffe twelve chars", null);
        yield return Row("PasswordWithLocalPartOfThree", "xyz@example.com", "my-xyz-of-2031", null);
        yield return Row("PasswordWithDomain", $"{unique}domain@wonderland.example", "my-wonderland-2031", null);
        yield return Row("DisplayNameOf100Characters", $"{unique}100@example.com", Good, new string('x', 100));
        yield return Row(
            "DisplayNameOf100CharactersOfTwoUnits",
            $"{unique}200@example.com",
            Good,
            string.Concat(Enumerable.Repeat("😀", 100)));
        yield return Row(
            "DisplayNameOf100CharactersInWhiteSpace",
            $"{unique}white@example.com",
            Good,
            $"  {new string('x', 100)}  ");
    }

    [TestCaseSource(nameof(Refused))]
    public async Task BrokenRule_NamesTheField(string? email, string? password, string? displayName, string[] fields)
    {
        var response = await _app.CreateClient().PostAsJsonAsync(
            "/api/auth/register", new { email, password, displayName });
        var problem = await response.ShouldBeProblemAsync(400, "validation-failed");
        var errors = problem.GetProperty("errors");
        Assert.That(errors.Names(), Is.EquivalentTo(fields), problem.ToString());
        foreach (var field in errors.EnumerateObject())
        {
            Assert.That(
                field.Value.EnumerateArray().Select(message => message.GetString()),
                Is.Not.Empty.And.All.Not.Empty,
                problem.ToString());
        }

        Assert.That(problem.ToString(), password?.Length > 0 ? Does.Not.Contain(password) : Is.Not.Empty);
    }

    [TestCaseSource(nameof(Accepted))]
    [Category("Exhaustive")]
    public async Task KeptRule_MakesAnAccountThatCanSignIn(
        string? email, string? password, string? displayName, string[] fields)
    {
        var response = await _app.CreateClient().PostAsJsonAsync(
            "/api/auth/register", new { email, password, displayName });
        await response.ShouldBeAsync(201);
        await (
            await _app.CreateClient().PostAsJsonAsync("/api/auth/login", new { email, password })).ShouldBeAsync(200);
    }

    [Test]
    public async Task MissingFields_AreNamed()
    {
        var response = await _app.CreateClient().PostAsJsonAsync("/api/auth/register", new { });
        var problem = await response.ShouldBeProblemAsync(400, "validation-failed");
        Assert.That(problem.GetProperty("errors").Names(), Is.EquivalentTo(new[] { "email", "password" }));
    }

    private static TestCaseData Row(
        string name, string? email, string? password, string? displayName, params string[] fields) =>
        new TestCaseData(email, password, displayName, fields).SetArgDisplayNames(name);
}
