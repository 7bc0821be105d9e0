namespace CleanJwt;

/// <summary>
/// Passwords tried from many places. The service must take addresses from <see cref="ClientAddress.Header"/>.
/// </summary>
internal static class PasswordAttemptRequests
{
    public const string Wrong = "not the right password";

    public static Task<HttpResponseMessage> TryLoginFromAsync(
        this HttpClient client, string address, string email, string password = Wrong) =>
        client.SendAsync(HttpMethod.Post, "/api/auth/login", new { email, password }, (ClientAddress.Header, address));

    /// <summary>Tries wrong passwords one after the other, each of which is told to be wrong.</summary>
    public static async Task FailFromAsync(this HttpClient client, string address, string email, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await (await client.TryLoginFromAsync(address, email)).ShouldBeProblemAsync(401, "invalid-credentials");
        }
    }

    /// <summary>Expects that no password is looked at for a while.</summary>
    public static async Task ShouldBePutOffAsync(this HttpResponseMessage response, int seconds)
    {
        await response.ShouldBeProblemAsync(429, "too-many-attempts");
        Assert.That(response.Headers.RetryAfter?.Delta, Is.EqualTo(TimeSpan.FromSeconds(seconds)));
        Assert.That(response.Headers.Contains("WWW-Authenticate"), Is.False);
    }

    public static Task<HttpResponseMessage> ReauthenticateAsync(
        this HttpClient client, TokenPair by, string password = Wrong) =>
        client.DoAsync(by, "POST /api/auth/reauthenticate", new { password });

    public static Task<HttpResponseMessage> ProveToChangeAsync(
        this HttpClient client, TokenPair by, string currentPassword = Wrong) =>
        client.DoAsync(
            by, "PUT /api/users/me/password", new { currentPassword, newPassword = "another horse battery staple" });

    /// <summary>Sends the same many times at once, each patiently.</summary>
    public static async Task<Tally> AtOnceAsync(int count, Func<int, Task<HttpResponseMessage>> send)
    {
        var answers = new Tally();
        foreach (var response in await Task.WhenAll(
            Enumerable.Range(0, count).Select(i => Task.Run(() => SessionRequests.PatientlyAsync(() => send(i))))))
        {
            answers.Add(await response.AnswerAsync());
        }

        return answers;
    }
}
