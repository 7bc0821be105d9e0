using System.Net.Http.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.SecondFactors;

/// <summary>
/// An account whose second factor is on gets no session and no fresh <c>auth_time</c> without it, on any route under
/// <c>/api/auth</c>. A new route there fails here until it has a row.
/// </summary>
[Category("Exhaustive")]
internal sealed class AllWaysIn : IAsyncDisposable
{
    private readonly MailApp _mail = new();
    private readonly string _email = TestAccounts.UniqueEmail();
    private TokenPair _owner = null!;

    private CleanJwtApp App => _mail.App;

    public ValueTask DisposeAsync() => _mail.DisposeAsync();

    [SetUp]
    public async Task SetUpAsync()
    {
        await App.RegisterAsync(_email);
        App.Sql("UPDATE AspNetUsers SET EmailConfirmed = 1");
        _owner = await App.LoginAsync(_email);
        await App.CreateClient(_owner.AccessToken).SetUpTotpAsync(App.Time.GetUtcNow());
        App.Time.Advance(TimeSpan.FromMinutes(1));
    }

    /// <summary>What somebody sends who has the password, the mailbox and a stolen session, and no second factor.</summary>
    private static Dictionary<string, (int Status, Func<AllWaysIn, Task<HttpResponseMessage>> Send)> Ways => new()
    {
        ["POST /api/auth/login"] = (202, one => one.App.CreateClient().TryLoginAsync(one._email)),
        ["POST /api/auth/login/second-factor"] = (401, async one => await one.App.CreateClient().TryCodeAsync(
            await one.App.CreateClient().MfaTokenAsync(one._email), "000000")),
        ["POST /api/auth/passkey/options"] = (200, one => one.PostAsync("passkey/options", new { })),
        ["POST /api/auth/passkey/login"] = (401, one => one.PostAsync(
            "passkey/login", new { state = "x", credential = new { id = "AAAA" } })),
        ["POST /api/auth/reauthenticate"] = (401, one => one.PostAsync(
            "reauthenticate", new { password = TestAccounts.Password })),
        ["POST /api/auth/refresh"] = (200, one => one.App.RefreshAsync(one._owner.RefreshToken)),
        ["POST /api/auth/logout"] = (204, one => one.PostAsync("logout", new { })),
        ["POST /api/auth/register"] = (409, one => one.PostAsync(
            "register", new { email = one._email, password = TestAccounts.Password })),
        ["POST /api/auth/register/confirm"] = (401, one => one.PostAsync(
            "register/confirm", new { flowToken = "x", code = "x" })),
        ["POST /api/auth/register/resend"] = (401, one => one.PostAsync("register/resend", new { flowToken = "x" })),
        ["POST /api/auth/password/forgot"] = (202, one => one.PostAsync("password/forgot", new { email = one._email })),
        ["POST /api/auth/password/reset"] = (204, one => one.ResetPasswordAsync()),
        ["GET /api/auth/token"] = (200, one => one.App.CreateClient().AskAsync(one._owner.AccessToken)),
    };

    private static IEnumerable<string> Requests => Contract.Limited.Select(route => route.Request);

    [Test]
    public void EveryRoute_HasARow() => Assert.That(Ways.Keys, Is.EquivalentTo(Requests));

    [TestCaseSource(nameof(Requests))]
    public async Task WithoutTheSecondFactor_NothingIsGained(string request)
    {
        var before = Sessions();
        var (status, send) = Ways[request];
        await (await send(this)).ShouldBeAsync(status);
        Assert.That(Sessions(), Is.EqualTo(before), "no session is new, and none has a newer proof");
    }

    private async Task<HttpResponseMessage> ResetPasswordAsync()
    {
        var (flow, mail) = await _mail.ForgetAndReadAsync(_email);
        return await _mail.ResetAsync(flow, mail.Code);
    }

    private Task<HttpResponseMessage> PostAsync(string route, object body) =>
        App.CreateClient(_owner.AccessToken).PostAsJsonAsync($"/api/auth/{route}", body);

    private List<string> Sessions()
    {
        using var connection = App.OpenDatabase();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT Id, AuthTime, Acr, Amr FROM Sessions";
        using var reader = command.ExecuteReader();
        var sessions = new List<string>();
        while (reader.Read())
        {
            sessions.Add($"{reader.GetValue(0)} {reader.GetValue(1)} {reader.GetValue(2)} {reader.GetValue(3)}");
        }

        return sessions;
    }
}
