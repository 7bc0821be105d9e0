using System.Net.Http.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Auth;

/// <summary>Which spellings are one address, and which only look like it.</summary>
[OnDatabases]
internal sealed class EmailSpellings(DatabaseKind kind)
{
    private CleanJwtApp App => SharedService.On(kind);

    private static IEnumerable<TestCaseData> Same()
    {
        yield return Row("Case", "ada@example.com", "ADA@Example.COM");
        yield return Row("CaseOfAnotherScript", "жанна@пример.рф", "ЖАННА@ПРИМЕР.РФ");
        yield return Row("ComposedAndDecomposed", "zo\u00e9@example.com", "zoe\u0301@example.com");
        yield return Row("ComposedAndDecomposedInAnotherCase", "zo\u00c9@example.com", "zoe\u0301@example.com");
        yield return Row("OrderOfMarks", "q\u0323\u0307@example.com", "q\u0307\u0323@example.com");
        yield return Row("HangulSyllableAndLetters", "\ud55c@example.com", "\u1112\u1161\u11ab@example.com");
        yield return Row("KelvinSign", "k\u212aelvin@example.com", "kkelvin@example.com");
        yield return Row("SurroundingWhiteSpace", "ada@example.com", "\t ada@example.com \u00a0");
        yield return Row("LongS", "sas@example.com", "\u017fa\u017f@example.com");
        yield return Row("FinalSigma", "\u03c3\u03c3@example.com", "\u03c3\u03c2@example.com");
        yield return Row("AngstromSign", "\u00e5ke@example.com", "\u212bke@example.com");
        yield return Row("OhmSign", "\u03c9@example.com", "\u2126@example.com");
        yield return Row("MicroSign", "\u03bc@example.com", "\u00b5@example.com");
        yield return Row("CompatibilityIdeograph", "\u8c48@example.com", "\uf900@example.com");
        yield return Row("IotaBelow", "\u1fb3@example.com", "\u1fbc@example.com");
        yield return Row("CaseBeyondTheFirstPlane", "\U00010428@example.com", "\U00010400@example.com");
    }

    private static IEnumerable<TestCaseData> Different()
    {
        yield return Row("CyrillicA", "ada@example.com", "\u0430d\u0430@example.com");
        yield return Row("GreekOmicron", "bob@example.com", "b\u03bfb@example.com");
        yield return Row("DotlessI", "iris@example.com", "\u0131r\u0131s@example.com");
        yield return Row("DottedCapitalI", "iris@example.com", "\u0130r\u0130s@example.com");
        yield return Row("SharpS", "strasse@example.com", "stra\u00dfe@example.com");
        yield return Row("Ligature", "fina@example.com", "\ufb01na@example.com");
        yield return Row("FullWidth", "ada@example.com", "\uff41\uff44\uff41@example.com");
        yield return Row("Accent", "zoe@example.com", "zo\u00e9@example.com");
        yield return Row("CyrillicWord", "cop@example.com", "\u0441\u043e\u0440@example.com");
        yield return Row("ArmenianO", "bob@example.com", "b\u0585b@example.com");
        yield return Row("LatinAlpha", "ada@example.com", "\u0251d\u0251@example.com");
        yield return Row("CherokeeD", "dad@example.com", "\u13a0a\u13a0@example.com");
        yield return Row("CapitalSharpS", "stra\u00dfe@example.com", "stra\u1e9ee@example.com");
        yield return Row("MathematicalBold", "ada@example.com", "\U0001d41a\U0001d41d\U0001d41a@example.com");
        yield return Row("Circled", "ada@example.com", "\u24d0\u24d3\u24d0@example.com");
        yield return Row("Superscript", "ada1@example.com", "ada\u00b9@example.com");
        yield return Row("ArabicDigit", "ada5@example.com", "ada\u0665@example.com");
        yield return Row("OneForL", "lola@example.com", "1o1a@example.com");
        yield return Row("DoubledLetters", "modern@example.com", "modem@example.com");
        yield return Row("CaseOfAMarkThatIsGone", "i\u0307ris@example.com", "iris@example.com");
        yield return Row("Domain", "ada@example.com", "ada@ex\u0430mple.com");
        yield return Row("Plus", "ada@example.com", "ada+1@example.com");
        yield return Row("Dot", "ada.b@example.com", "adab@example.com");
    }

    [TestCaseSource(nameof(Same))]
    public async Task OneAddress_IsTakenAndSignsInWhateverItsSpelling(string one, string other)
    {
        await App.RegisterAsync(one);
        await (await PostAsync("/api/auth/register", other)).ShouldBeProblemAsync(409, "email-taken");
        await (await PostAsync("/api/auth/login", other)).ShouldBeAsync(200);
    }

    [TestCaseSource(nameof(Different))]
    [Category("Exhaustive")]
    public async Task LookAlike_IsAnAccountOfItsOwn(string one, string other)
    {
        await App.RegisterAsync(one);
        await (await PostAsync("/api/auth/login", other)).ShouldBeProblemAsync(401, "invalid-credentials");
        await (await PostAsync("/api/auth/register", other)).ShouldBeAsync(201);
    }

    private Task<HttpResponseMessage> PostAsync(string route, string email) =>
        App.CreateClient().PostAsJsonAsync(route, new { email, password = TestAccounts.Password });

    // Each row has a domain of its own, so that the rows do not meet.
    private static TestCaseData Row(string name, string one, string other)
    {
        var domain = Guid.NewGuid().ToString("N");
        return new TestCaseData(Unique(one, domain), Unique(other, domain)).SetArgDisplayNames(name);
    }

    private static string Unique(string email, string domain) =>
        email.Replace("@", $"@{domain}.", StringComparison.Ordinal);
}
