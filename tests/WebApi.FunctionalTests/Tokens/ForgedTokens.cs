using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CleanJwt.WebApi.FunctionalTests.Sessions;
using CleanJwt.WebApi.FunctionalTests.Support;
using CleanJwt.WebApi.FunctionalTests.Tokens.Forgeries;
using static CleanJwt.WebApi.FunctionalTests.Tokens.Forgeries.Forgery;

namespace CleanJwt.WebApi.FunctionalTests.Tokens;

/// <summary>
/// No token is accepted but those that this service wrote for its own audience, whatever it looks like.
/// </summary>
[TestFixture(TokenPath.Fast)]
[TestFixture(TokenPath.Standard, Category = "Exhaustive")]
internal sealed class ForgedTokens(TokenPath path)
{
    // One token and one key serve all rows of a path: no row changes anything.
    private static readonly Lazy<Task<string>>[] Tokens =
        [.. Enum.GetValues<TokenPath>()
            .Select(path => new Lazy<Task<string>>(
                async () => (await SharedService.On(path).LoginAsync()).AccessToken))];

    private static readonly Lazy<ServiceKey>[] Keys =
        [.. Enum.GetValues<TokenPath>()
            .Select(path => new Lazy<ServiceKey>(() => SharedService.On(path).ServiceKey()))];

    private CleanJwtApp App => SharedService.On(path);

    private Lazy<Task<string>> Token => Tokens[(int)path];

    private Lazy<ServiceKey> Key => Keys[(int)path];

    private static IEnumerable<TestCaseData> Refused() =>
    [
        .. ForgedSignatures.Rows(), .. ForgedAlgorithms.Rows(), .. ForgedKeys.Rows(), .. ForgedHeaders.Rows(),
        .. ForgedClaims.Rows(), .. ForgedForms.Rows(),
    ];

    private static IEnumerable<TestCaseData> Accepted()
    {
        yield return Row("AsIssued", "RFC 9068 2", (_, token) => token);
        yield return Row("SignedAgain", "RFC 7515 5.1", (key, token) => key.Resign(token));
        yield return Row(
            "TypInUpperCase", "RFC 7515 4.1.9", (key, token) => key.Resign(token, header => header["typ"] = "AT+JWT"));
        yield return Row(
            "TypInFull",
            "RFC 9068 4",
            (key, token) => key.Resign(token, header => header["typ"] = "application/at+jwt"));
        yield return Row(
            "TypInFullMixedCase",
            "RFC 9068 4",
            (key, token) => key.Resign(token, header => header["typ"] = "Application/AT+jwt"));
        yield return Row(
            "UnknownClaim", "RFC 7519 4", (key, token) => key.Resign(token, payload: claims => claims["x"] = "y"));
        yield return Row(
            "MembersInAnotherOrder",
            "RFC 8259 4",
            (key, token) => Signed(key, $"{{\"kid\":\"{key.KeyId}\",\"typ\":\"at+jwt\",\"alg\":\"ES256\"}}", token));
        yield return Row(
            "WhiteSpaceInTheJson", "RFC 8259 2", (key, token) => Signed(key, $" {HeaderOf(key)}\r\n", token));
        yield return Row(
            "EscapedNames",
            "RFC 8259 8.3",
            (key, token) => Signed(key, HeaderOf(key).Replace("alg", "\\u0061lg", StringComparison.Ordinal), token));
        yield return Row("ClockAFewSecondsAhead", "RFC 7519 4.1.5", (key, token) =>
            key.Resign(token, payload: claims =>
                (claims["iat"], claims["nbf"]) = (
                    claims["iat"]!.GetValue<long>() + 3, claims["nbf"]!.GetValue<long>() + 3)));
        yield return Row("Exactly8KiB", "the contract", (key, token) => ForgedForms.OfLength(key, token, 8 * 1024));
    }

    [TestCaseSource(nameof(Refused))]
    public async Task ForgedToken_IsInvalid(Func<ServiceKey, string, string> forge, string source)
    {
        var (forged, client) = (forge(Key.Value, await Token.Value), App.CreateClient());
        await ShouldBeRefusedAsync(await client.AskAsync(forged), source);
        await (await client.IntrospectAsync(forged)).ShouldBeInactiveAsync();
    }

    // The routes that take expired tokens are no easier on the rest.
    [TestCaseSource(nameof(Refused))]
    [Category("Exhaustive")]
    public async Task ForgedToken_EndsNoSession(Func<ServiceKey, string, string> forge, string source)
    {
        var (forged, client) = (forge(Key.Value, await Token.Value), App.CreateClient());
        await ShouldBeRefusedAsync(await client.PostAsync("/api/auth/logout", null, $"Bearer {forged}"), source);
        await (await client.RevokeAsync(forged)).ShouldBeAsync(200);
        await (await client.AskAsync(await Token.Value)).ShouldBeAsync(200);
    }

    // The forger's tools are sharp: what they make without a flaw is accepted, so each refusal above is for its flaw.
    [TestCaseSource(nameof(Accepted))]
    public async Task TokenAsTheServiceWouldWriteIt_IsAccepted(Func<ServiceKey, string, string> forge, string source)
    {
        var (forged, client) = (forge(Key.Value, await Token.Value), App.CreateClient());
        var response = await client.AskAsync(forged);
        Assert.That(
            (int)response.StatusCode, Is.EqualTo(200), $"{source}: {await response.Content.ReadAsStringAsync()}");
        await (await client.IntrospectAsync(forged)).ShouldBeActiveAsync();
    }

    [Test]
    public void EveryRow_NamesItsSource()
    {
        foreach (var row in Refused().Concat(Accepted()).Concat(UrlsInTokens.Rows())
            .Concat(UnreadableRefreshTokens.Changes()).Concat(TokensOutsideTheHeader.SeveralHeaders()))
        {
            Assert.That(
                Attack.SourceOf(row),
                Is.Not.Null.And.Match(Attack.SourcePattern),
                string.Join(' ', row.ArgDisplayNames ?? []));
        }
    }

    [Test]
    public void EveryRow_HasANameOfItsOwn() => Assert.That(Refused().Select(row => row.ArgDisplayNames![0]), Is.Unique);

    /// <summary>The text that everybody can fetch is the one that a forger has.</summary>
    [Test, Property(Attack.Source, "CVE-2015-9235; RFC 8725 2.1")]
    public async Task SecretOfThePublishedKey_SignsNothing([Values("HS256", "HS384", "HS512")] string algorithm)
    {
        var published = await App.CreateClient().GetStringAsync("/.well-known/jwks.json");
        var key = JsonDocument.Parse(published).RootElement.GetProperty("keys")[0].GetRawText();
        foreach (var secret in new[] { published, key })
        {
            var forged = ForgedAlgorithms.Hmac(
                algorithm, Key.Value.KeyId, await Token.Value, Encoding.UTF8.GetBytes(secret));
            await BearerErrors.ShouldBeRefusedAsync(await App.MeAsync(forged), "invalid-token");
        }
    }

    [Test, Property(Attack.Source, "RFC 8725 3.8")]
    public async Task TokenOfAnotherService_IsInvalid()
    {
        await using var another = new CleanJwtApp(path: path);
        await BearerErrors.ShouldBeRefusedAsync(
            await App.MeAsync((await another.LoginAsync()).AccessToken), "invalid-token");
    }

    [Test, Property(Attack.Source, "RFC 7519 4.1.4")]
    public async Task ExpiredTokenOfAnotherKey_IsInvalidAndNotExpired()
    {
        var key = Key.Value;
        var expired = key.Resign(
            await Token.Value, payload: claims => (claims["iat"], claims["nbf"], claims["exp"]) = (1, 1, 2));
        using var another = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await BearerErrors.ShouldBeRefusedAsync(await App.MeAsync(expired), "token-expired");
        await BearerErrors.ShouldBeRefusedAsync(await App.MeAsync(SignedBy(another, expired)), "invalid-token");
        await BearerErrors.ShouldBeRefusedAsync(
            await App.MeAsync(key.Resign(expired, header => header["typ"] = "JWT")), "invalid-token");
        await BearerErrors.ShouldBeRefusedAsync(
            await App.MeAsync(key.Resign(expired, payload: claims => claims["aud"] = "x")), "invalid-token");
    }

    private static async Task ShouldBeRefusedAsync(HttpResponseMessage response, string source)
    {
        Assert.That(
            (int)response.StatusCode, Is.EqualTo(401), $"{source}: {await response.Content.ReadAsStringAsync()}");
        await BearerErrors.ShouldBeRefusedAsync(response, "invalid-token");
    }
}
