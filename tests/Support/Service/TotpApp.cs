using System.Net.Http.Json;
using CleanJwt.Domain.SecondFactors;

namespace CleanJwt;

/// <summary>An authenticator app that is set up for an account, as its owner's phone has it.</summary>
internal sealed class TotpApp
{
    private readonly byte[] _secret;
    private readonly TimeProvider _time;
    private long _lastStep;

    private TotpApp(byte[] secret, TimeProvider time) => (_secret, _time) = (secret, time);

    /// <summary>Sets the app up over the API.</summary>
    /// <param name="tokens">The tokens of a recent sign-in.</param>
    /// <param name="time">The clock of the phone.</param>
    public static async Task<TotpApp> SetUpAsync(HttpClient client, TokenPair tokens, TimeProvider? time = null)
    {
        var bearer = ("Authorization", $"Bearer {tokens.AccessToken}");
        var begun = await client.SendAsync(HttpMethod.Post, "/api/users/me/totp", null, bearer);
        await begun.ShouldBeAsync(200);
        var setup = await begun.JsonAsync();
        var app = new TotpApp(Read(setup.Text("secret")!), time ?? TimeProvider.System);
        var done = await client.SendAsync(
            HttpMethod.Put,
            "/api/users/me/totp",
            new { setupToken = setup.Text("setupToken"), code = app.NextCode() },
            bearer);
        await done.ShouldBeAsync(200);
        return app;
    }

    /// <summary>Signs in by the password and a code.</summary>
    public async Task<TokenPair> LoginAsync(HttpClient client, string email)
    {
        var demand = await client.TryLoginAsync(email);
        await demand.ShouldBeAsync(202);
        var mfaToken = (await demand.JsonAsync()).Text("mfaToken");
        var response = await client.PostAsJsonAsync(
            "/api/auth/login/second-factor", new { mfaToken, code = NextCode() });
        await response.ShouldBeAsync(200);
        return TokenPair.From(await response.JsonAsync());
    }

    /// <summary>
    /// The code of now or, if that was used, the one after it. The service takes each code once, and the code of the
    /// next 30 seconds too.
    /// </summary>
    public string NextCode()
    {
        _lastStep = Math.Max(Totp.StepAt(_time.GetUtcNow()), _lastStep + 1);
        return Totp.CodeAt(_lastStep, _secret);
    }

    // Base32 without padding (RFC 4648, section 6).
    private static byte[] Read(string secret)
    {
        var bytes = new byte[secret.Length * 5 / 8];
        var (bits, count, length) = (0, 0, 0);
        foreach (var letter in secret)
        {
            bits = ((bits << 5) | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(letter, StringComparison.Ordinal)) & 0xFFF;
            count += 5;
            if (count >= 8)
            {
                count -= 8;
                bytes[length++] = (byte)(bits >> count);
            }
        }

        return bytes;
    }
}
