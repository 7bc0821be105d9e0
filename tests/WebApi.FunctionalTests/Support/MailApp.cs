using System.Net.Http.Json;
using System.Text.Json;
using CleanJwt.Infrastructure.Mail;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CleanJwt.WebApi.FunctionalTests.Support;

/// <summary>A service that writes its mails into a folder, and what a person does with them.</summary>
internal sealed class MailApp : IAsyncDisposable
{
    public const string NewPassword = "a new horse and a new staple";

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(20);

    private readonly HashSet<string> _seen = [];

    public MailApp(
        Dictionary<string, string?>? settings = null,
        DatabaseKind kind = DatabaseKind.Sqlite,
        Action<IServiceCollection>? configure = null) =>
        App = new CleanJwtApp(
            new Dictionary<string, string?>(settings ?? []) { ["Mail:Transport"] = "Folder" },
            configure: configure,
            kind: kind);

    public CleanJwtApp App { get; }

    public static Dictionary<string, string?> WithConfirmation =>
        new() { ["Accounts:RequireConfirmedEmail"] = "true" };

    /// <summary>The part of a link that its page sends to the service.</summary>
    public static string TokenOf(InboxMail mail) => mail.Link!.Split("#token=")[1];

    public Task<HttpResponseMessage> PostAsync(string route, object body, TokenPair? by = null) =>
        (by is null ? App.CreateClient() : App.CreateClient(by.AccessToken)).PostAsJsonAsync(route, body);

    public Task<HttpResponseMessage> ForgetAsync(string email) => PostAsync("/api/auth/password/forgot", new { email });

    /// <returns>The flow token, and the mail that came with it.</returns>
    public async Task<(string Flow, InboxMail Mail)> ForgetAndReadAsync(string email)
    {
        var flow = await FlowOfAsync(await ForgetAsync(email));
        return (flow, await MailAsync(email, "reset-password"));
    }

    public Task<HttpResponseMessage> ResetAsync(string flowToken, string? code, string newPassword = NewPassword) =>
        PostAsync("/api/auth/password/reset", new { newPassword, flowToken, code });

    public Task<HttpResponseMessage> ResetByLinkAsync(string token, string newPassword = NewPassword) =>
        PostAsync("/api/auth/password/reset", new { newPassword, token });

    public Task<HttpResponseMessage> SignUpAsync(string email, string? displayName = null) =>
        PostAsync("/api/auth/register", new { email, password = TestAccounts.Password, displayName });

    public static async Task<string> FlowOfAsync(HttpResponseMessage response)
    {
        await response.ShouldBeAsync(202);
        return (await response.JsonAsync()).Text("flowToken");
    }

    /// <summary>Waits for the next mail to an address that was not read before.</summary>
    public async Task<InboxMail> MailAsync(string email, string template)
    {
        var until = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(until) < MaxWait)
        {
            var found = (await MailsToAsync(email)).LastOrDefault(
                mail => mail.Template == template && !_seen.Contains(mail.Id));
            if (found is not null)
            {
                _seen.Add(found.Id);
                return found;
            }

            await Task.Delay(20);
        }

        throw new AssertionException($"No mail '{template}' came to {email}.");
    }

    public async Task<IReadOnlyList<InboxMail>> MailsToAsync(string email) =>
        [.. (await App.Get<MailInbox>().ListAsync(default)).Where(mail => mail.To == email)];

    /// <summary>Waits until no mail is left to be sent.</summary>
    public async Task DrainAsync()
    {
        var until = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(until) < MaxWait)
        {
            if (Convert.ToInt64(App.Sql("SELECT COUNT(*) FROM Outbox WHERE DeadAt IS NULL"), null) == 0)
            {
                return;
            }

            await Task.Delay(20);
        }

        throw new AssertionException("Mails are left in the outbox.");
    }

    /// <summary>Stops the dispatcher, so that only requests ask the database.</summary>
    public async Task StopDispatcherAsync()
    {
        await DrainAsync();
        var dispatcher = App.Get<IEnumerable<IHostedService>>().Single(
            service => service.GetType().Name == "OutboxDispatcher");
        await dispatcher.StopAsync(default);
    }

    /// <summary>A wrong code of the right form.</summary>
    public static string WrongCode(InboxMail mail) =>
        mail.Code![0] == '0' ? $"1{mail.Code[1..]}" : $"0{mail.Code[1..]}";

    public static async Task<JsonElement> AccountOfAsync(CleanJwtApp app, string email, string password)
    {
        var tokens = await AccountRequests.TokensOfAsync(await app.CreateClient().TryLoginAsync(email, password));
        return await (await app.MeAsync(tokens.AccessToken)).JsonAsync();
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();
}
