using System.Security.Cryptography;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests;

/// <summary>What is no refresh token of this service ends nobody's session.</summary>
internal sealed class UnreadableRefreshTokens
{
    private readonly CleanJwtApp _app = SharedService.App;

    internal static IEnumerable<TestCaseData> Changes()
    {
        yield return Row("Truncated", token => token[..^1]);
        yield return Row("TruncatedToHalf", token => token[..(token.Length / 2)]);
        yield return Row("Longer", token => token + "AAAA");
        yield return Row("FirstCharacterChanged", token => Flip(token, 0));
        yield return Row("MiddleChanged", token => Flip(token, token.Length / 2));
        yield return Row("CiphertextChanged", token => Flip(token, token.Length * 3 / 4));
        yield return Row("TagChanged", token => Flip(token, token.Length - 3));
        yield return Row("NotCanonical", Jwt.NonCanonical);
        yield return Row("Twice", token => token + token);
        yield return Row("NotBase64Url", token => token.Replace(token[5], '!'));
        yield return Row("Random", token => Convert.ToHexString(RandomNumberGenerator.GetBytes(token.Length / 2)));
        yield return Row("Zeros", token => new string('A', token.Length));
        yield return Row("OneCharacter", _ => "A");
        yield return Row("Huge", _ => new string('A', 50_000));
        yield return Row("Nul", token => token + "\0");
        yield return Row("Unicode", _ => "ключ🔑");
        yield return Row("Json", _ => "{\"sessionId\":1}");
        yield return Row("BearerPrefix", token => "Bearer " + token);
    }

    [TestCaseSource(nameof(Changes))]
    public async Task ChangedToken_IsInvalidAndEndsNobodysSession(Func<string, string> change)
    {
        var tokens = await _app.LoginAsync();
        await (await _app.RefreshAsync(change(tokens.RefreshToken))).ShouldBeProblemAsync(401, "invalid-refresh-token");
        await (await _app.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
        await (await _app.RefreshAsync(tokens.RefreshToken)).ShouldBeAsync(200);
    }

    [Test]
    public async Task AccessToken_IsNoRefreshToken()
    {
        var tokens = await _app.LoginAsync();
        await (await _app.RefreshAsync(tokens.AccessToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
        await (await _app.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
    }

    [Test]
    public async Task SessionId_IsNoRefreshToken()
    {
        var tokens = await _app.LoginAsync();
        await (await _app.RefreshAsync(tokens.SessionId)).ShouldBeProblemAsync(401, "invalid-refresh-token");
    }

    [Test]
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

    [Test]
    public async Task RefreshToken_IsNoBearerToken()
    {
        var tokens = await _app.LoginAsync();
        await (await _app.MeAsync(tokens.RefreshToken)).ShouldBeProblemAsync(401, "invalid-token");
    }

    private static string Flip(string token, int index)
    {
        var characters = token.ToCharArray();
        characters[index] = characters[index] == 'A' ? 'B' : 'A';
        return new string(characters);
    }

    private static TestCaseData Row(string name, Func<string, string> change) => new TestCaseData(change).SetArgDisplayNames(name);
}
