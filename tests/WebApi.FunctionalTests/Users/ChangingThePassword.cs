using System.Net;
using CleanJwt.WebApi.FunctionalTests.Support;
using Microsoft.AspNetCore.Identity;

namespace CleanJwt.WebApi.FunctionalTests.Users;

/// <summary>A new password is the only one from the answer on, and only the session that set it goes on.</summary>
internal sealed class ChangingThePassword
{
    private const string Route = "/api/users/me/password";
    private const string Old = TestAccounts.Password;
    private const string New = "a new horse and a new staple";

    private readonly CleanJwtApp _app = SharedService.App;

    [Test]
    public async Task NewPassword_SignsInAndTheOldOneNoMore()
    {
        var email = await _app.RegisterAsync();
        var response = await ChangeAsync(await _app.LoginAsync(email), New);
        await response.ShouldBeAsync(204);
        Assert.That(await response.Content.ReadAsByteArrayAsync(), Is.Empty);
        await (await TryLoginAsync(email, Old)).ShouldBeProblemAsync(401, "invalid-credentials");
        await (await TryLoginAsync(email, New)).ShouldBeAsync(200);
    }

    [TestCase("caf\u00e9 caf\u00e9 caf\u00e9", "cafe\u0301 cafe\u0301 cafe\u0301")]
    [TestCase("cafe\u0301 cafe\u0301 cafe\u0301", "caf\u00e9 caf\u00e9 caf\u00e9")]
    public async Task OtherSpellings_AreTheSamePassword(string set, string typed)
    {
        var email = await _app.RegisterAsync();
        await (await ChangeAsync(await _app.LoginAsync(email), set)).ShouldBeAsync(204);
        var tokens = await AccountRequests.TokensOfAsync(await TryLoginAsync(email, typed));
        await (await ChangeAsync(tokens, New, current: typed)).ShouldBeAsync(204);
        await (await TryLoginAsync(email, New)).ShouldBeAsync(200);
    }

    [Test]
    public async Task EveryOtherSession_IsOverAtOnceAndThisOneGoesOn()
    {
        var email = await _app.RegisterAsync();
        var (other, current, another, stranger) =
            (
                await _app.LoginAsync(email),
                await _app.LoginAsync(email),
                await _app.LoginAsync(email),
                await _app.LoginAsync());
        await (await ChangeAsync(current, New)).ShouldBeAsync(204);
        foreach (var over in new[] { other, another })
        {
            await (await _app.CreateClient().AskAsync(over.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
            await (await _app.RefreshAsync(over.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
        }

        foreach (var live in new[] { current, stranger })
        {
            await (await _app.CreateClient().AskAsync(live.AccessToken)).ShouldBeAsync(200);
            await (await _app.RefreshAsync(live.RefreshToken)).ShouldBeAsync(200);
        }
    }

    [Test]
    public async Task SessionThatGoesOn_ProvesTheNewPassword()
    {
        var tokens = await _app.LoginAsync();
        await (await ChangeAsync(tokens, New)).ShouldBeAsync(204);
        await (await _app.ReauthenticateAsync(tokens.AccessToken, Old)).ShouldBeProblemAsync(
            401, "invalid-credentials");
        await (await _app.ReauthenticateAsync(tokens.AccessToken, New)).ShouldBeAsync(200);
        await (await ChangeAsync(tokens, Old, current: New)).ShouldBeAsync(204); // a password may come back
    }

    [TestCase("not the right password")]
    [TestCase(" " + Old)]
    [TestCase("x")]
    public async Task WrongCurrentPassword_ChangesAndEndsNothing(string current)
    {
        var email = await _app.RegisterAsync();
        var (tokens, other) = (await _app.LoginAsync(email), await _app.LoginAsync(email));
        await ShouldNameTheFieldAsync(await ChangeAsync(tokens, New, current), "currentPassword");
        await ShouldBeUnchangedAsync(email, tokens, other);
    }

    private static IEnumerable<TestCaseData> BadPasswords()
    {
        yield return Row("Eleven", "\"elevenchars\"");
        yield return Row("ElevenCodePoints", $"\"{string.Concat(Enumerable.Repeat("🔑", 11))}\"");
        yield return Row("Empty", "\"\"");
        yield return Row("Null", "null");
        yield return Row("Long", $"\"{new string('x', 129)}\"");
        yield return Row("VeryLong", $"\"{new string('x', 60_000)}\"");
        yield return Row("LoneSurrogate", "\"correct horse \\ud800\"");
        yield return Row("LocalPart", "\"my LOCAL 1815\"");
        yield return Row("LocalPartInUpperCase", "\"my UPPER 1815\"");
        yield return Row("Common", "\"password1234\"");
        yield return Row("CommonInAnotherCase", "\"PASSWORD1234\"");
        yield return Row("Number", "123456789012");
        yield return Row("Array", "[\"correct horse battery staple\"]");

        static TestCaseData Row(string name, string json) => new TestCaseData(json).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(BadPasswords))]
    public async Task BadNewPassword_ChangesAndEndsNothing(string json)
    {
        var email = await _app.RegisterAsync();
        var (tokens, other) = (await _app.LoginAsync(email), await _app.LoginAsync(email));
        var local = email.Split('@')[0];
        json = json.Replace("LOCAL", local, StringComparison.Ordinal).Replace(
            "UPPER", local.ToUpperInvariant(), StringComparison.Ordinal);
        var response = await _app.CreateClient(tokens.AccessToken)
            .SendRawAsync(HttpMethod.Put, Route, $"{{\"currentPassword\":\"{Old}\",\"newPassword\":{json}}}");
        await ShouldNameTheFieldAsync(response, "newPassword");
        await ShouldBeUnchangedAsync(email, tokens, other);
    }

    [Test]
    [Category("Exhaustive")]
    public async Task CommonPasswordOfAnOlderDatabase_SignsInUntilItIsChanged()
    {
        const string Common = "password1234";
        var email = await _app.RegisterAsync();
        var hash = new PasswordHasher<object>().HashPassword(new object(), Common);
        _app.Sql("UPDATE AspNetUsers SET PasswordHash = @p0 WHERE Email = @p1", hash, email);

        await (await TryLoginAsync(email, Common)).ShouldBeAsync(200);
        var tokens = await AccountRequests.TokensOfAsync(
            await TryLoginAsync(email, Common)); // of a hash of today's kind by now
        await (await _app.ReauthenticateAsync(tokens.AccessToken, Common)).ShouldBeAsync(200);
        await ShouldNameTheFieldAsync(await ChangeAsync(tokens, Common, Common), "newPassword");
        await (await ChangeAsync(tokens, New, Common)).ShouldBeAsync(204);
        await (await TryLoginAsync(email, New)).ShouldBeAsync(200);
    }

    [TestCase("{}", "currentPassword newPassword")]
    [TestCase("{\"newPassword\":\"a new horse and a new staple\"}", "currentPassword")]
    [TestCase("{\"currentPassword\":null,\"newPassword\":\"a new horse and a new staple\"}", "currentPassword")]
    [TestCase("{\"currentPassword\":\"\",\"newPassword\":\"short\"}", "currentPassword newPassword")]
    [TestCase("{\"currentPassword\":1,\"newPassword\":\"a new horse and a new staple\"}", "currentPassword")]
    [TestCase("{\"currentPassword\":\"correct horse battery staple\"}", "newPassword")]
    [TestCase("{\"password\":\"correct horse battery staple\",\"new\":\"a new horse and a new staple\"}",
        "currentPassword newPassword")]
    public async Task BadBody_NamesTheFields(string body, string fields)
    {
        var client = _app.CreateClient((await _app.LoginAsync()).AccessToken);
        await ShouldNameTheFieldAsync(await client.SendRawAsync(HttpMethod.Put, Route, body), fields);
    }

    [TestCase("")]
    [TestCase("null")]
    [TestCase("{\"currentPassword\":\"correct horse battery staple\",\"newPassword\":\"a new horse and a new staple\",\"newPassword\":\"x\"}")]
    [Category("Exhaustive")]
    public async Task MalformedBody_IsToldSo(string body) =>
        await (await _app.CreateClient((await _app.LoginAsync()).AccessToken)
        .SendRawAsync(HttpMethod.Put, Route, body)).ShouldBeProblemAsync(400, "malformed-request");

    [TestCase(12)]
    [TestCase(128)]
    [Category("Exhaustive")]
    public async Task LongestAndShortestPasswords_AreGood(int length)
    {
        var email = await _app.RegisterAsync();
        var password = string.Concat(Enumerable.Repeat("🔑", length));
        await (await ChangeAsync(await _app.LoginAsync(email), password)).ShouldBeAsync(204);
        await (await TryLoginAsync(email, password)).ShouldBeAsync(200);
    }

    [Test]
    public async Task FieldThatIsNotMeant_ChangesNobodyElse()
    {
        var (mine, theirs) = (await _app.LoginAsync(), await _app.LoginAsync());
        var response = await _app.CreateClient(mine.AccessToken).SendAsync(HttpMethod.Put, Route, new
        {
            currentPassword = Old,
            newPassword = New,
            id = theirs.AccountId(),
            sub = theirs.AccountId(),
            caller = new { accountId = theirs.AccountId(), sessionId = theirs.SessionId },
        });
        await response.ShouldBeAsync(204);
        await (await _app.ReauthenticateAsync(theirs.AccessToken, Old)).ShouldBeAsync(200);
        await (await _app.ReauthenticateAsync(mine.AccessToken, New)).ShouldBeAsync(200);
    }

    [Test]
    public async Task Account_KeepsItsVersion()
    {
        var tokens = await _app.LoginAsync();
        var before = await _app.MeAsync(tokens.AccessToken);
        await (await ChangeAsync(tokens, New)).ShouldBeAsync(204);
        var after = await _app.MeAsync(tokens.AccessToken);
        Assert.That(after.Headers.ETag, Is.EqualTo(before.Headers.ETag));
        Assert.That(await after.Content.ReadAsStringAsync(), Is.EqualTo(await before.Content.ReadAsStringAsync()));
    }

    [Test]
    public async Task TokenThatMayOnlyRead_ChangesNothing()
    {
        var email = await _app.RegisterAsync();
        await (await ChangeAsync(await _app.LoginAsync(email, "account:read"), New)).ShouldBeProblemAsync(
            403, "insufficient-scope");
        await (await TryLoginAsync(email, Old)).ShouldBeAsync(200);
    }

    [Test]
    [Category("Exhaustive")]
    public async Task TwoSessionsAtOnce_OneWins()
    {
        for (var round = 0; round < 5; round++)
        {
            var email = await _app.RegisterAsync();
            var sessions = new[] { await _app.LoginAsync(email), await _app.LoginAsync(email) };
            var passwords = new[] { New + " of one", New + " of the other" };
            var answers = await Task.WhenAll(
                sessions.Zip(passwords, (tokens, password) => Task.Run(() => ChangeAsync(tokens, password))));

            var winner = Array.FindIndex(answers, answer => answer.StatusCode == HttpStatusCode.NoContent);
            Assert.That(winner, Is.Not.Negative);
            Assert.That(
                await answers[1 - winner].AnswerAsync(),
                Is.EqualTo("400 validation-failed").Or.EqualTo("401 token-revoked"));
            await (await TryLoginAsync(email, Old)).ShouldBeProblemAsync(401, "invalid-credentials");
            await (await TryLoginAsync(email, passwords[1 - winner])).ShouldBeProblemAsync(401, "invalid-credentials");
            await (await TryLoginAsync(email, passwords[winner])).ShouldBeAsync(200);
            await (await _app.CreateClient().AskAsync(sessions[winner].AccessToken)).ShouldBeAsync(200);
            await (await _app.CreateClient().AskAsync(sessions[1 - winner].AccessToken)).ShouldBeProblemAsync(
                401, "token-revoked");
        }
    }

    [Test]
    public async Task SignInsAtTheSameTime_LeaveNoSessionOfTheOldPassword()
    {
        const int AttemptLimit = 5; // a sixth wrong password would be put off
        for (var round = 0; round < 3; round++)
        {
            var email = await _app.RegisterAsync();
            var current = await _app.LoginAsync(email);
            var signIns = Enumerable.Range(0, AttemptLimit).Select(_ => Task.Run(() => TryLoginAsync(email, Old))).ToArray();
            await (await ChangeAsync(current, New)).ShouldBeAsync(204);
            foreach (var answer in await Task.WhenAll(signIns))
            {
                if (answer.IsSuccessStatusCode)
                {
                    var late = await AccountRequests.TokensOfAsync(answer);
                    await (await _app.CreateClient().AskAsync(late.AccessToken)).ShouldBeProblemAsync(
                        401, "token-revoked");
                    await (await _app.RefreshAsync(late.RefreshToken)).ShouldBeProblemAsync(
                        401, "invalid-refresh-token");
                }
                else
                {
                    await answer.ShouldBeProblemAsync(401, "invalid-credentials");
                }
            }

            Assert.That(
                _app.Sql("SELECT COUNT(*) FROM Sessions WHERE EndedAt IS NULL AND lower(AccountId) = @p0",
                    current.AccountId()), Is.EqualTo(1));
        }
    }

    private static async Task ShouldNameTheFieldAsync(HttpResponseMessage response, string fields)
    {
        var problem = await response.ShouldBeProblemAsync(400, "validation-failed");
        Assert.That(problem.Fields(), Is.EquivalentTo(fields.Split(' ')));
    }

    private Task<HttpResponseMessage> ChangeAsync(TokenPair tokens, string password, string current = Old) =>
        _app.CreateClient().ChangePasswordAsync(tokens.AccessToken, password, current);

    private Task<HttpResponseMessage> TryLoginAsync(string email, string password) =>
        _app.CreateClient().TryLoginAsync(email, password);

    private async Task ShouldBeUnchangedAsync(string email, params TokenPair[] live)
    {
        foreach (var tokens in live)
        {
            await (await _app.CreateClient().AskAsync(tokens.AccessToken)).ShouldBeAsync(200);
            await (await _app.RefreshAsync(tokens.RefreshToken)).ShouldBeAsync(200);
        }

        await (await TryLoginAsync(email, Old)).ShouldBeAsync(200);
    }
}
