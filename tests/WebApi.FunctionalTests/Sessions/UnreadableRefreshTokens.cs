using System.Security.Cryptography;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Sessions;

/// <summary>A text that is not a refresh token of this service ends no session.</summary>
internal sealed class UnreadableRefreshTokens
{
    private readonly CleanJwtApp _app = SharedService.App;

    // An authorization server must see to it that refresh tokens can't be generated, modified or guessed.
    private const string Modified = "RFC 6749 10.4";

    internal static IEnumerable<TestCaseData> Changes()
    {
        yield return Row("Truncated", Modified, token => token[..^1]);
        yield return Row("TruncatedToHalf", Modified, token => token[..(token.Length / 2)]);
        yield return Row("Longer", Modified, token => token + "AAAA");
        yield return Row("FirstCharacterChanged", Modified, token => Flip(token, 0));
        yield return Row("MiddleChanged", Modified, token => Flip(token, token.Length / 2));
        yield return Row("CiphertextChanged", Modified, token => Flip(token, token.Length * 3 / 4));
        yield return Row("TagChanged", Modified, token => Flip(token, token.Length - 3));
        yield return Row("Padded", "RFC 7515 2", token => token + new string('=', 4 - (token.Length % 4)));
        yield return Row("SpaceInside", "RFC 7515 2", token => token.Insert(20, " "));
        yield return Row("LineBreakInside", "RFC 7515 2", token => token.Insert(76, "\r\n"));
        yield return Row("SpaceBefore", "RFC 7515 2", token => " " + token);
        yield return Row("LineFeedAfter", "RFC 7515 2", token => token + "\n");
        yield return Row("Twice", Modified, token => token + token);
        yield return Row("NotBase64Url", Modified, token => token.Replace(token[5], '!'));
        yield return Row(
            "Random", Modified, token => Convert.ToHexString(RandomNumberGenerator.GetBytes(token.Length / 2)));
        yield return Row("Zeros", Modified, token => new string('A', token.Length));
        yield return Row("OneCharacter", Modified, _ => "A");
        yield return Row("Huge", "OWASP API4:2023", _ => new string('A', 50_000));
        yield return Row("Nul", Modified, token => token + "\0");
        yield return Row("Unicode", Modified, _ => "ключ🔑");
        yield return Row("Json", Modified, _ => "{\"sessionId\":1}");
        yield return Row("BearerPrefix", "RFC 6750 2.1", token => "Bearer " + token);
    }

    [TestCaseSource(nameof(Changes))]
    public async Task ChangedToken_IsInvalidAndEndsNobodysSession(Func<string, string> change)
    {
        var tokens = await _app.LoginAsync();
        await (await _app.RefreshAsync(change(tokens.RefreshToken))).ShouldBeProblemAsync(401, "invalid-refresh-token");
        await (await _app.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
        await (await _app.RefreshAsync(tokens.RefreshToken)).ShouldBeAsync(200);
    }

    [Test, Property(Attack.Source, "RFC 8725 2.8; RFC 8725 3.12")]
    public async Task AccessToken_IsNoRefreshToken()
    {
        var tokens = await _app.LoginAsync();
        await (await _app.RefreshAsync(tokens.AccessToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
        await (await _app.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
    }

    [Test, Property(Attack.Source, "RFC 6749 10.4")]
    public async Task SessionId_IsNoRefreshToken()
    {
        var tokens = await _app.LoginAsync();
        await (await _app.RefreshAsync(tokens.SessionId)).ShouldBeProblemAsync(401, "invalid-refresh-token");
    }

    [Test, Property(Attack.Source, "RFC 6749 10.4")]
    public async Task TokenOfAnotherService_IsInvalidInThisOne()
    {
        await using var another = new CleanJwtApp();
        var tokens = await another.LoginAsync();
        await (await _app.RefreshAsync(tokens.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
        await (await another.RefreshAsync(tokens.RefreshToken)).ShouldBeAsync(200);
    }

    [Test]
    public async Task TokenOfASessionThatIsUnknown_IsInvalid()
    {
        var tokens = await _app.LoginAsync();
        _app.Sql("DELETE FROM Sessions WHERE lower(Id) = @p0", tokens.SessionId);
        await (await _app.RefreshAsync(tokens.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
    }

    [Test, Property(Attack.Source, "RFC 8725 2.8; RFC 6749 1.5")]
    public async Task RefreshToken_IsNoBearerToken()
    {
        var tokens = await _app.LoginAsync();
        foreach (var route in new[] { "/api/users/me", "/api/auth/token" })
        {
            await (await _app.CreateClient().AskAsync(tokens.RefreshToken, route)).ShouldBeProblemAsync(
                401, "invalid-token");
        }

        await (await _app.RefreshAsync(tokens.RefreshToken)).ShouldBeAsync(200);
    }

    private static string Flip(string token, int index)
    {
        var characters = token.ToCharArray();
        characters[index] = characters[index] == 'A' ? 'B' : 'A';
        return new string(characters);
    }

    private static TestCaseData Row(string name, string source, Func<string, string> change) =>
        Attack.Row(name, source, change);
}
