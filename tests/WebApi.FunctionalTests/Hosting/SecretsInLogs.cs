using System.Buffers.Text;
using System.Net.Http.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Hosting;

/// <summary>Nothing in a log lets its reader sign in, at any level.</summary>
[Category("Exhaustive")]
internal sealed class SecretsInLogs
{
    internal static readonly Dictionary<string, string?> Trace = new()
    {
        ["Logging:LogLevel:Default"] = "Trace",
        ["Logging:LogLevel:Microsoft"] = "Trace",
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Trace",
        ["Logging:LogLevel:Microsoft.AspNetCore.DataProtection"] = "Trace",
        ["Logging:LogLevel:Microsoft.EntityFrameworkCore"] = "Trace",
    };

    [Test]
    public async Task WholeFlowAtTrace_LogsNoSecret()
    {
        await using var app = new CleanJwtApp(new([.. Trace, .. OAuthRequests.WithClients]));
        var client = app.CreateClient();
        var secrets = new Dictionary<string, string>();

        var email = TestAccounts.UniqueEmail();
        var password = Secret("password");
        await (await client.PostAsJsonAsync("/api/auth/register", new { email, password })).ShouldBeAsync(201);
        await (await client.PostAsJsonAsync(
            "/api/auth/register", new { email, password = Secret("password of a second sign-up") })).ShouldBeAsync(409);
        await (await client.PostAsJsonAsync(
            "/api/auth/register", new { email = Secret("password in the place of an address"), password = "short-1" }))
                .ShouldBeAsync(400);
        await (await client.PostRawAsync(
            "/api/auth/register", $"{{\"password\":\"{Secret("password in malformed JSON")}\"")).ShouldBeAsync(400);
        await (await client.PostRawAsync(
            "/api/auth/login", $"{{\"email\":\"{email}\",\"password\":[\"{Secret("password of a wrong type")}\"]}}"))
                .ShouldBeAsync(400);
        await (await client.PostAsJsonAsync("/api/auth/login", new { email, password = Secret("wrong password") }))
            .ShouldBeAsync(401);
        await (await client.PostAsJsonAsync(
            "/api/auth/login", new { email = TestAccounts.UniqueEmail(), password = Secret("password of nobody") }))
                .ShouldBeAsync(401);

        var login = await client.PostAsJsonAsync("/api/auth/login", new { email, password });
        var first = Tokens("login", await login.JsonAsync());
        var second = Tokens("refresh", await (await app.RefreshAsync(first.RefreshToken)).JsonAsync());
        Tokens("repeat", await (await app.RefreshAsync(first.RefreshToken)).JsonAsync());
        await (await app.MeAsync(second.AccessToken)).ShouldBeAsync(200);
        await (await app.CreateClient(second.AccessToken).GetAsync("/api/auth/token")).ShouldBeAsync(200);
        await (await app.MeAsync(first.RefreshToken)).ShouldBeAsync(401);
        await (await app.RefreshAsync(second.AccessToken)).ShouldBeAsync(401);
        using (var key = app.ServiceKey())
        {
            foreach (var (name, change) in new (string, Action<System.Text.Json.Nodes.JsonObject>)[]
            {
                ("audience", claims => claims["aud"] = "x"), ("subject", claims => claims.Remove("sub")), (
                    "time", claims => claims["exp"] = 1),
            })
            {
                await (await app.MeAsync(
                    Token($"token of another {name}", key.Resign(second.AccessToken, payload: change))))
                        .ShouldBeAsync(401);
            }

            secrets.Add("private key", Base64Url.EncodeToString(key.PrivateParameters.D!));
            secrets.Add("private key in base64", Convert.ToBase64String(key.PrivateParameters.D!));
            secrets.Add("private key in hexadecimal", Convert.ToHexString(key.PrivateParameters.D!));
        }

        await (await app.MeAsync(
            Token("changed token", Jwt.With(second.AccessToken, 2, part => string.Concat(part.Reverse())))))
                .ShouldBeAsync(401);
        app.Time.Advance(TimeSpan.FromSeconds(30));
        await (await app.RefreshAsync(first.RefreshToken)).ShouldBeProblemAsync(401, "refresh-token-reused");
        var third = Tokens(
            "second login",
            await (await client.PostAsJsonAsync("/api/auth/login", new { email, password })).JsonAsync());
        await (await app.CreateClient(third.AccessToken)
            .PostAsJsonAsync("/api/auth/logout", new { refreshToken = third.RefreshToken })).ShouldBeAsync(204);
        await (await app.MeAsync(third.AccessToken)).ShouldBeAsync(401);

        var fourth = Tokens(
            "third login",
            await (await client.PostAsJsonAsync("/api/auth/login", new { email, password })).JsonAsync());
        var newPassword = Secret("new password");
        await (
            await app.ReauthenticateAsync(fourth.AccessToken, Secret("wrong password of a proof"))).ShouldBeAsync(401);
        var fifth = Tokens("proof", await (await app.ReauthenticateAsync(fourth.AccessToken, password)).JsonAsync());
        await (await client.ChangePasswordAsync(fifth.AccessToken, newPassword, Secret("wrong current password")))
            .ShouldBeAsync(400);
        await (await client.ChangePasswordAsync(fifth.AccessToken, "short-2", password)).ShouldBeAsync(400);
        await (await client.ChangePasswordAsync(fifth.AccessToken, newPassword, password)).ShouldBeAsync(204);
        await (await app.ReauthenticateAsync(fifth.AccessToken, newPassword)).ShouldBeAsync(200);

        secrets.Add("secret of a client", OAuthRequests.ClientSecret);
        secrets.Add("secret of a client, as it is sent", OAuthRequests.Basic()["Basic ".Length..]);
        secrets.Add("secret of a client with characters that are escaped", OAuthRequests.OtherClientSecret);
        var sixth = Tokens(
            "login for other services",
            await (await client.PostAsJsonAsync("/api/auth/login", new { email, password = newPassword })).JsonAsync());
        await (await client.IntrospectAsync(sixth.AccessToken)).ShouldBeActiveAsync();
        await (await client.IntrospectAsync(sixth.RefreshToken)).ShouldBeActiveAsync();
        await (await client.IntrospectAsync(Secret("what is no token"))).ShouldBeInactiveAsync();
        await (await client.IntrospectAsync(sixth.AccessToken, Secret("hint"))).ShouldBeActiveAsync();
        await (await client.PostAsync($"/oauth/introspect?token={sixth.AccessToken}", null, OAuthRequests.Basic()))
            .ShouldBeAsync(415);
        await (await client.PostRawAsync(
            "/oauth/introspect", $"token={sixth.RefreshToken}&token=x", OAuthRequests.FormType)).ShouldBeAsync(401);
        await (await client.PostAsync(
            "/oauth/introspect", Form("x"), OAuthRequests.Basic(secret: Secret("wrong secret of a client"))))
                .ShouldBeAsync(401);
        await (await client.PostAsync(
            "/oauth/revoke", Form(Secret("token of nobody")), OAuthRequests.BasicOf(Secret("pair of nobody"))))
                .ShouldBeAsync(401);
        await (await client.PostAsync("/oauth/revoke", Form(sixth.AccessToken), $"Bearer {sixth.AccessToken}"))
            .ShouldBeAsync(401);
        await (await client.RevokeAsync(Secret("what is no token to revoke"))).ShouldBeAsync(200);
        await (await client.RevokeAsync(sixth.RefreshToken)).ShouldBeAsync(200);
        await (await client.RevokeAsync(sixth.AccessToken)).ShouldBeAsync(200);

        // The clock was moved, so the phone's codes are those of its time.
        var owner = await app.LoginAsync();
        var ownersClient = app.CreateClient(owner.AccessToken);
        var setup = await (await ownersClient.PostAsync("/api/users/me/totp", null)).JsonAsync();
        var phone = new AuthenticatorApp(setup.Text("secret"));
        secrets.Add("secret of an app", phone.Secret);
        secrets.Add("setup token", setup.Text("setupToken"));
        var codes = (await (await ownersClient.PutAsJsonAsync(
            "/api/users/me/totp",
            new { setupToken = setup.Text("setupToken"), code = phone.CodeAt(app.Time.GetUtcNow()) })).JsonAsync())
            .GetProperty("recoveryCodes").EnumerateArray().Select(code => code.GetString()!).ToList();
        secrets.Add("recovery code", codes[0]);
        secrets.Add("recovery code without its dash", codes[0].Replace("-", "", StringComparison.Ordinal));
        var ownersEmail = (await (await app.MeAsync(owner.AccessToken)).JsonAsync()).Text("email");
        var mfaToken = await client.MfaTokenAsync(ownersEmail);
        secrets.Add("MFA token", mfaToken);
        await (await client.TryRecoveryCodeAsync(mfaToken, Secret("what is no recovery code"))).ShouldBeAsync(401);
        await (await client.TryRecoveryCodeAsync(mfaToken, codes[0])).ShouldBeAsync(200);
        var state = (await (await client.PostAsJsonAsync("/api/auth/passkey/options", new { })).JsonAsync())
            .Text("state");
        secrets.Add("state of a passkey's options", state);
        await (await client.PostAsJsonAsync(
            "/api/auth/passkey/login", new { state, credential = new { id = "AAAA" } })).ShouldBeAsync(401);

        // A fault and an outage are logged with all that the service knows of them.
        app.Sql("ALTER TABLE AspNetUsers RENAME TO Elsewhere");
        await (await client.PostAsJsonAsync(
            "/api/auth/register",
            new { email = TestAccounts.UniqueEmail(), password = Secret("password during an outage") }))
                .ShouldBeAsync(503);
        await (await client.PostAsJsonAsync("/api/auth/login", new { email, password })).ShouldBeAsync(503);
        await (await client.ChangePasswordAsync(
            fifth.AccessToken, Secret("new password during an outage"), newPassword)).ShouldBeAsync(503);
        await (await app.RefreshAsync(third.RefreshToken)).ShouldBeAsync(503);
        await (await client.IntrospectAsync(sixth.RefreshToken)).ShouldBeAsync(503);
        secrets.Add("password hash", (string)app.Sql("SELECT PasswordHash FROM Elsewhere")!);
        foreach (var file in Directory.GetFiles(Path.Combine(Path.GetDirectoryName(app.DatabasePath)!, "keys")))
        {
            secrets.Add(
                "Data Protection key", System.Xml.Linq.XDocument.Load(file).Descendants("value").Single().Value);
        }

        Assert.That(
            app.Logs.Lines,
            Has.Some.StartWith("Trace Microsoft.AspNetCore"),
            "the log is not at Trace: this test shows nothing");
        Assert.That(
            app.Logs.Lines,
            Has.Some.StartWith("Debug Microsoft.EntityFrameworkCore"),
            "the log is not at Trace: this test shows nothing");
        Assert.That(
            from secret in secrets
            from line in app.Logs.Lines
            where line.Contains(secret.Value, StringComparison.OrdinalIgnoreCase)
            select $"{secret.Key}: {line}",
            Is.Empty);

        FormUrlEncodedContent Form(string token) => new(new Dictionary<string, string> { ["token"] = token });

        string Secret(string name)
        {
            secrets.Add(name, $"secret-{Guid.NewGuid():N}");
            return secrets[name];
        }

        string Token(string name, string token)
        {
            secrets.Add(name, token);
            secrets.Add($"signature of {name}", token.Split('.')[^1]);
            return token;
        }

        TokenPair Tokens(string name, System.Text.Json.JsonElement answer)
        {
            var tokens = TokenPair.From(answer);
            Token($"access token of {name}", tokens.AccessToken);
            secrets.Add($"refresh token of {name}", tokens.RefreshToken);
            return tokens;
        }
    }
}
