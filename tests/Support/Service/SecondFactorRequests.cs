using System.Net.Http.Json;
using System.Text.Json;
using OtpNet;

namespace CleanJwt;

/// <summary>What the owner of an account does with second factors.</summary>
internal static class SecondFactorRequests
{
    /// <summary>Sets up an authenticator app.</summary>
    /// <param name="client">Its requests carry an access token with a recent sign-in.</param>
    /// <param name="now">The time of the service.</param>
    public static async Task<AuthenticatorApp> SetUpTotpAsync(this HttpClient client, DateTimeOffset now)
    {
        var begun = await client.PostAsync(new Uri("/api/users/me/totp", UriKind.Relative), content: null);
        await begun.ShouldBeAsync(200);
        var setup = await begun.JsonAsync();
        var app = new AuthenticatorApp(setup.Text("secret"));
        var done = await client.PutAsJsonAsync(
            "/api/users/me/totp", new { setupToken = setup.Text("setupToken"), code = app.CodeAt(now) });
        await done.ShouldBeAsync(200);
        var codes = (await done.JsonAsync()).GetProperty("recoveryCodes");
        return codes.ValueKind == JsonValueKind.Null
            ? app
            : app with { RecoveryCodes = [.. codes.EnumerateArray().Select(code => code.GetString()!)] };
    }

    /// <summary>Proves the password of an account that needs a second factor.</summary>
    /// <returns>The MFA token.</returns>
    public static async Task<string> MfaTokenAsync(this HttpClient client, string email)
    {
        var response = await client.TryLoginAsync(email);
        await response.ShouldBeAsync(202);
        return (await response.JsonAsync()).Text("mfaToken");
    }

    public static Task<HttpResponseMessage> TryCodeAsync(this HttpClient client, string mfaToken, string code) =>
        client.PostAsJsonAsync("/api/auth/login/second-factor", new { mfaToken, code });

    public static Task<HttpResponseMessage> TryRecoveryCodeAsync(
        this HttpClient client, string mfaToken, string recoveryCode) =>
        client.PostAsJsonAsync("/api/auth/login/second-factor", new { mfaToken, recoveryCode });

    /// <summary>Signs in by password and code.</summary>
    public static async Task<TokenPair> LoginWithCodeAsync(
        this HttpClient client, string email, AuthenticatorApp app, DateTimeOffset now) =>
        await AccountRequests.TokensOfAsync(
            await client.TryCodeAsync(await client.MfaTokenAsync(email), app.CodeAt(now)));
}

/// <summary>An authenticator app, as Otp.NET makes its codes.</summary>
/// <param name="Secret">In Base32, as the service spells it.</param>
internal sealed record AuthenticatorApp(string Secret)
{
    /// <summary>As the service showed them. Empty where the account had some before.</summary>
    public IReadOnlyList<string> RecoveryCodes { get; init; } = [];

    public string CodeAt(DateTimeOffset moment) =>
        new Totp(Base32Encoding.ToBytes(Secret)).ComputeTotp(moment.UtcDateTime);

    /// <returns>A code of none of the three steps that the service takes.</returns>
    public string WrongCodeAt(DateTimeOffset moment) => Enumerable.Range(0, 10)
        .Select(number => $"{number}{number}{number}000")
        .First(code => Enumerable.Range(-1, 3).All(step => CodeAt(moment.AddSeconds(30 * step)) != code));
}
