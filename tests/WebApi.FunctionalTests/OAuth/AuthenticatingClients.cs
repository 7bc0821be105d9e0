using System.Text;
using System.Text.RegularExpressions;
using CleanJwt.WebApi.FunctionalTests.Support;
using static CleanJwt.OAuthRequests;

namespace CleanJwt.WebApi.FunctionalTests.OAuth;

/// <summary>Other services prove by HTTP Basic who they are (RFC 6749, section 2.3.1), and by nothing else.</summary>
internal sealed partial class AuthenticatingClients
{
    private static readonly string[] Routes = ["/oauth/introspect", "/oauth/revoke"];

    private static readonly string OtherPair = $"{Uri.EscapeDataString(OtherClientId)}:{Uri.EscapeDataString(OtherClientSecret)}";

    private readonly CleanJwtApp _app = SharedService.App;

    private static IEnumerable<TestCaseData> Accepted()
    {
        yield return Row("Client", Basic());
        yield return Row("OtherClient", Basic(OtherClientId, OtherClientSecret));
        yield return Row("SpaceAsPlus", BasicOf(OtherPair.Replace("%20", "+", StringComparison.Ordinal)));
        yield return Row(
            "EscapesInLowerCase", BasicOf(Escape().Replace(OtherPair, escape => escape.Value.ToLowerInvariant())));
        yield return Row("EveryByteEscaped", BasicOf($"{EveryByte(ClientId)}:{EveryByte(ClientSecret)}"));
        yield return Row("ColonInTheSecretNotEscaped", BasicOf(
            $"{Uri.EscapeDataString(OtherClientId)}:{Uri.EscapeDataString(OtherClientSecret).Replace("%3A", ":", StringComparison.Ordinal)}"));
        yield return Row("SchemeInAnotherCase", Basic().Replace("Basic", "bASIC", StringComparison.Ordinal));
    }

    private static IEnumerable<TestCaseData> Refused()
    {
        yield return Row("Nothing", null);
        yield return Row("Empty", "");
        yield return Row("SchemeAlone", "Basic");
        yield return Row("SchemeAndSpace", "Basic ");
        yield return Row("OtherScheme", Basic().Replace("Basic", "Digest", StringComparison.Ordinal));
        yield return Row("BearerScheme", Basic().Replace("Basic", "Bearer", StringComparison.Ordinal));
        yield return Row("SchemeWithoutSpace", Basic().Replace("Basic ", "Basic", StringComparison.Ordinal));
        yield return Row("NoBase64", "Basic !!!!");
        yield return Row("Base64WithoutItsEnd", Basic().TrimEnd('=')[..^1]);
        yield return Row("PairWithoutBase64", $"Basic {ClientId}:{ClientSecret}");
        yield return Row("TwoPairs", $"{Basic()}, {Basic()}");
        yield return Row(
            "NoUtf8",
            $"Basic {Convert.ToBase64String([.. Encoding.ASCII.GetBytes($"{ClientId}:{ClientSecret}"), 0xff])}");
        yield return Row("NoUtf8InThePlaceOfACharacter",
            $"Basic {Convert.ToBase64String(Encoding.Latin1.GetBytes(OtherPair.Replace("%EF%BF%BD", "\u00ff", StringComparison.Ordinal)))}");
        yield return Row("NoColon", BasicOf(ClientId));
        yield return Row("EmptyPair", BasicOf(":"));
        yield return Row("NoId", Basic(id: ""));
        yield return Row("NoSecret", Basic(secret: ""));
        yield return Row("UnknownId", Basic(id: "unknown"));
        yield return Row("IdInAnotherCase", Basic(id: ClientId.ToUpperInvariant()));
        yield return Row("IdWithASpace", Basic(id: ClientId + " "));
        yield return Row("WrongSecret", Basic(secret: "wrong"));
        yield return Row("SecretInAnotherCase", Basic(secret: ClientSecret.ToUpperInvariant()));
        yield return Row("SecretOfTheOther", Basic(secret: OtherClientSecret));
        yield return Row("SecretOfTheOtherTheOtherWay", Basic(id: OtherClientId));
        yield return Row("BeginningOfTheSecret", Basic(secret: ClientSecret[..^1]));
        yield return Row("MoreThanTheSecret", Basic(secret: ClientSecret + "x"));
        yield return Row("SecretAndColon", Basic(secret: ClientSecret + ":"));
        yield return Row("SecretWithNul", Basic(secret: ClientSecret + "\0"));
        yield return Row("NotFormUrlEncoded", BasicOf($"{OtherClientId}:{OtherClientSecret}"));
        yield return Row("ColonNotEncoded", BasicOf($"{OtherClientId}:{Uri.EscapeDataString(OtherClientSecret)}"));
    }

    [TestCaseSource(nameof(Accepted))]
    public async Task RightPair_IsAccepted(string authorization)
    {
        var (tokens, client) = (await _app.LoginAsync(), _app.CreateClient());
        await (await client.PostAsync(Routes[0], Form(tokens.AccessToken), authorization)).ShouldBeActiveAsync();
        await (await client.PostAsync(Routes[1], Form(tokens.AccessToken), authorization)).ShouldBeAsync(200);
        await (await _app.MeAsync(tokens.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
    }

    [TestCaseSource(nameof(Refused))]
    public async Task AnythingElse_IsAnsweredNothingAndEndsNothing(string? authorization) =>
        await ShouldBeRefusedAsync((client, route, tokens) => authorization is null
            ? client.PostAsync(route, Form(tokens.AccessToken))
            : client.PostAsync(route, Form(tokens.AccessToken), authorization));

    [Test]
    public async Task AccessToken_IsNoClient() =>
        await ShouldBeRefusedAsync(
            (client, route, tokens) =>
                client.PostAsync(route, Form(tokens.AccessToken), $"Bearer {tokens.AccessToken}"));

    [Test]
    public async Task AccessTokenOfAnAdministrator_IsNoClient()
    {
        var admin = await _app.CreateClient().AdminAsync();
        await ShouldBeRefusedAsync(
            (client, route, tokens) =>
                client.PostAsync(route, Form(tokens.AccessToken), $"Bearer {admin.AccessToken}"));
    }

    [Test]
    public async Task TwoHeaders_AreNone()
    {
        await ShouldBeRefusedAsync((client, route, tokens) => SendAsync(client, route, tokens, Basic(), Basic()));
        await ShouldBeRefusedAsync((client, route, tokens) => SendAsync(client, route, tokens, Basic(), ""));
        await ShouldBeRefusedAsync(
            (client, route, tokens) => SendAsync(client, route, tokens, Basic(), $"Bearer {tokens.AccessToken}"));
        await ShouldBeRefusedAsync(
            (client, route, tokens) => SendAsync(client, route, tokens, $"Bearer {tokens.AccessToken}", Basic()));
    }

    [Test]
    public async Task SecretInTheForm_DoesNotCount() =>
        await ShouldBeRefusedAsync(
            (client, route, tokens) => client.PostAsync(route, new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["token"] = tokens.AccessToken,
                ["client_id"] = ClientId,
                ["client_secret"] = ClientSecret,
            })));

    [Test]
    public async Task SecretInTheQuery_DoesNotCount() =>
        await ShouldBeRefusedAsync((client, route, tokens) =>
            client.PostAsync($"{route}?client_id={ClientId}&client_secret={ClientSecret}", Form(tokens.AccessToken)));

    [Test]
    public async Task WithoutClients_NobodyIsAccepted()
    {
        await using var app = new CleanJwtApp();
        foreach (var authorization in new[] { Basic(), BasicOf(":"), Basic(id: ""), Basic(secret: "") })
        {
            foreach (var route in Routes)
            {
                await (await app.CreateClient().PostAsync(route, Form("x"), authorization)).ShouldBeOAuthErrorAsync(
                    401, "invalid_client");
            }
        }
    }

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient client, string route, TokenPair tokens, params string[] authorizations)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, route) { Content = Form(tokens.AccessToken) };
        request.Headers.TryAddWithoutValidation("Authorization", authorizations);
        return await client.SendAsync(request);
    }

    private static FormUrlEncodedContent Form(string token) =>
        new(new Dictionary<string, string> { ["token"] = token });

    private static string EveryByte(string text) =>
        string.Concat(Encoding.UTF8.GetBytes(text).Select(one => $"%{one:X2}"));

    private async Task ShouldBeRefusedAsync(Func<HttpClient, string, TokenPair, Task<HttpResponseMessage>> send)
    {
        var tokens = await _app.LoginAsync();
        foreach (var route in Routes)
        {
            var response = await send(_app.CreateClient(), route, tokens);
            await response.ShouldBeOAuthErrorAsync(401, "invalid_client");
            Assert.That(
                response.Headers.GetValues("WWW-Authenticate"),
                Is.EqualTo(new[] { "Basic realm=\"cleanjwt\", charset=\"UTF-8\"" }));
        }

        await (await _app.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
    }

    [GeneratedRegex("%[0-9A-F]{2}")]
    private static partial Regex Escape();

    private static TestCaseData Row(string name, string? authorization) =>
        new TestCaseData(authorization).SetArgDisplayNames(name);
}
