using System.Text;
using System.Text.Json;
using static CleanJwt.OAuthRequests;

namespace CleanJwt.WebApi.FunctionalTests.Input.Mutants;

/// <summary>
/// Makes the request of one case. All that is left to chance comes from the seed and the case's number; the tokens are
/// the run's own.
/// </summary>
internal sealed class MutantMaker(Material material, int seed)
{
    /// <summary>
    /// One body in so many starts from one that is good, or would be with another password: hashing one takes as long
    /// as fifty other cases.
    /// </summary>
    private const int GoodBodies = 100;

    public MutantRequest Make(int number)
    {
        var random = new Random(Mix(seed, number));
        return random.Next(100) switch
        {
            < 30 => AccessToken(random),
            < 40 => ResignedToken(random),
            < 60 => RefreshToken(random),
            < 88 => JsonBody(random, number),
            < 95 => Form(random),
            _ => BasicHeader(random),
        };
    }

    private MutantRequest AccessToken(Random random)
    {
        var token = Until(IsNew, () =>
            InAHeader(TokenMutations.Forge(
                random, material.One.AccessToken, random.Of(material.Other, material.Admin).AccessToken)));
        return random.Next(5) switch
        {
            0 => Introspection("access token", token),
            1 => new("access token", "POST", "/api/auth/logout") { Authorization = $"Bearer {token}" },
            _ => Bearer("access token", random, token),
        };
    }

    // What such a token says may be true.
    private MutantRequest ResignedToken(Random random)
    {
        var token = InAHeader(
            TokenMutations.Resign(random, random.Of(material.One, material.Admin).AccessToken, material.Key));
        return (random.OneIn(5) ? Introspection("re-signed token", token)
            : Bearer("re-signed token", random, token)) with
        { MayBeAccepted = true };
    }

    private MutantRequest RefreshToken(Random random)
    {
        var token = Until(
            text => !material.Holds(text),
            () => TokenMutations.MutateRefreshToken(random, material.One, material.Other));
        return random.Next(5) switch
        {
            0 => Introspection("refresh token", token),
            1 or 2 =>
                Json(
                    "refresh token",
                    "POST",
                    "/api/auth/logout",
                    Utf8(JsonSerializer.Serialize(new { refreshToken = token }))),
            _ =>
                Json(
                    "refresh token",
                    "POST",
                    "/api/auth/refresh",
                    Utf8(JsonSerializer.Serialize(new { refreshToken = token }))),
        };
    }

    private MutantRequest JsonBody(Random random, int number)
    {
        var good = random.OneIn(GoodBodies);
        var address = good ? $"fuzz{number}@example.com" : random.Of("fuzz", "a@", "@b", "a b@example.com", "");
        var password = good ? "not the password of anybody" : random.Of("short", "", new string('x', 1_025));
        var (method, route, body) = random.Next(8) switch
        {
            0 => ("POST", "/api/auth/register", Text(new { email = address, password, displayName = "Ada" })),
            1 => ("POST", "/api/auth/login", Text(new { email = address, password, scope = "account:read" })),
            2 =>
                (
                    "POST",
                    "/api/auth/refresh",
                    Text(new { refreshToken = material.Ended.RefreshToken, scope = "account:read" })),
            3 => ("POST", "/api/auth/logout", Text(new { refreshToken = material.Ended.RefreshToken })),
            4 => ("POST", "/api/auth/reauthenticate", Text(new { password })),
            5 => ("PATCH", "/api/users/me", Text(new { displayName = "Ada" })),
            6 =>
                (
                    "PUT",
                    "/api/users/me/password",
                    Text(new { currentPassword = password, newPassword = "another one of that length" })),
            _ =>
                (
                    "PUT",
                    $"/api/admin/users/{material.TargetId}/roles",
                    Text(new { roles = new[] { random.Of("admin", "nobody") } })),
        };
        var changed = random.OneIn(3) ? body : JsonMutations.Mutate(random, body);
        var bytes = changed == body || random.OneIn(5) ? ByteMutations.Mutate(random, Utf8(changed)) : Utf8(changed);
        return Json("JSON body", method, route, bytes) with
        {
            Authorization = route.StartsWith(
                "/api/admin", StringComparison.Ordinal) ? $"Bearer {material.Admin.AccessToken}"
                : method != "POST" || route.EndsWith(
                    "reauthenticate", StringComparison.Ordinal) ? $"Bearer {material.One.AccessToken}"
                : null,
            ContentType = random.OneIn(20) ? InAHeader(
                ByteMutations.Mutate(random, "application/json; charset=utf-8")) : "application/json",
            MayBeAccepted = true,
        };
    }

    // Introspection changes nothing, so it may be asked about a good token.
    private MutantRequest Form(Random random)
    {
        var route = random.Of("/oauth/introspect", "/oauth/revoke");
        var token = route == "/oauth/revoke" ? material.Ended.RefreshToken : random.Of(
            material.One, material.Ended).RefreshToken;
        var form = random.Of(
            $"token={token}",
            $"token={token}&token_type_hint=refresh_token",
            $"a=b&token={Uri.EscapeDataString(token + "+/=")}&token_type_hint=");
        var body = random.OneIn(200) ? Utf8(string.Concat(Enumerable.Repeat(form + "&", random.Next(2, 2_000))))
            : ByteMutations.Mutate(random, Utf8(form));
        return new("form", "POST", route)
        {
            Authorization = Basic(),
            ContentType = random.OneIn(10) ? InAHeader(
                ByteMutations.Mutate(random, $"{FormType}; charset=utf-8")) : FormType,
            Body = body,
            MayBeAccepted = true,
        };
    }

    private static MutantRequest BasicHeader(Random random)
    {
        // Another spelling of the header may say the same; with another id or secret it must not be accepted.
        var respelled = random.OneIn(2);
        var (id, secret) = random.Of((ClientId, ClientSecret), (OtherClientId, OtherClientSecret));
        var other = random.OneIn(2)
            ? (Id: Until(text => text != id, () => ByteMutations.Mutate(random, id)), Secret: secret)
            : (Id: id, Secret: Until(text => text != secret, () => ByteMutations.Mutate(random, secret)));
        return new("Basic header", "POST", random.Of("/oauth/introspect", "/oauth/revoke"))
        {
            Authorization = respelled ? InAHeader(ByteMutations.Mutate(random, Basic(id, secret))) : Basic(
                other.Id, other.Secret),
            ContentType = FormType,
            Body = Utf8("token=x"),
            MayBeAccepted = respelled,
            IsOfAnUnknownClient = !respelled,
        };
    }

    private static MutantRequest Bearer(string kind, Random random, string token) =>
        new(kind, "GET", random.Of(
            "/api/auth/token", "/api/users/me"))
        { Authorization = $"{random.Of("Bearer", "bearer", "BEARER")} {token}" };

    private static MutantRequest Introspection(string kind, string token) =>
        new(kind, "POST", "/oauth/introspect")
        {
            Authorization = Basic(),
            ContentType = FormType,
            Body = Utf8($"token={Uri.EscapeDataString(token)}")
        };

    private static MutantRequest Json(string kind, string method, string route, byte[] body) =>
        new(kind, method, route) { ContentType = "application/json", Body = body };

    /// <summary>Without what no HTTP server takes in a header.</summary>
    private static string InAHeader(string value) =>
        value.Replace('\r', ' ').Replace('\n', ' ').Replace('\0', ' ');

    // Spaces around a header's value are no part of it (RFC 9110, section 5.5).
    private bool IsNew(string token) => !material.Holds(token.Trim(' ', '\t'));

    private static string Until(Predicate<string> isGood, Func<string> make)
    {
        while (true)
        {
            if (make() is var made && isGood(made))
            {
                return made;
            }
        }
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text<T>(T body) => JsonSerializer.Serialize(body);

    /// <summary>Spreads neighbours apart, whose sequences would resemble each other.</summary>
    private static int Mix(int seed, int number)
    {
        var mixed = ((ulong)(uint)seed << 32 | (uint)number) * 0x9E3779B97F4A7C15;
        mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB;
        return (int)(mixed ^ mixed >> 31);
    }
}
