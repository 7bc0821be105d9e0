using CleanJwt.WebApi.FunctionalTests.Support;
using static CleanJwt.OAuthRequests;

namespace CleanJwt.WebApi.FunctionalTests.OAuth;

/// <summary>
/// The fields of the forms under /oauth with every kind of bad value: nothing is said, nothing ends, and it is never a
/// fault.
/// </summary>
internal sealed class BadFormFields
{
    // As they stand in the form: what no encoder would write.
    private static readonly (string Name, string Value)[] Raw =
    [
        ("Percent", "%"), ("HalfAnEscape", "%4"), ("NoEscape", "%zz"), ("EscapeOfUtf16", "%u0041"), ("NoUtf8", "%ff"),
        ("OverlongUtf8", "%c0%af"), ("SurrogateInUtf8", "%ed%a0%80"), ("TruncatedUtf8", "%e2%82"),
        ("RawNul", "%00"), ("RawLineBreak", "%0d%0aSet-Cookie:%20x=y"), ("LineBreakAsItIs", "a\r\nb"),
        ("Nested", new string('[', 1000) + new string(']', 1000)), ("Number", "1"), ("NullWord", "null"),
        ("EqualsSigns", "==="), ("Dots", new string('.', 2000)),
    ];

    // No test revokes it.
    private static readonly Lazy<Task<TokenPair>> Token = new(() => SharedService.App.LoginAsync());

    private static IEnumerable<(string Name, string Value)> Values => BadText.All
        .Select(bad => (bad.Name, Value: Uri.EscapeDataString(bad.Text)))
        .Where(
            bad => bad.Value.Length < 60_000 && bad.Name is not ("Empty" or "WhiteSpace")) // which are no token at all
        .Concat(Raw);

    private static IEnumerable<TestCaseData> Rows() =>
        Values.Select(bad => new TestCaseData(bad.Value).SetArgDisplayNames(bad.Name));

    [TestCaseSource(nameof(Rows))]
    public async Task BadToken_IsNone(string value)
    {
        var client = SharedService.App.CreateClient().As(Basic());
        await (await client.PostRawAsync("/oauth/introspect", $"token={value}", FormType)).ShouldBeInactiveAsync();
        await (await client.PostRawAsync("/oauth/revoke", $"token={value}", FormType)).ShouldBeAsync(200);
    }

    [TestCaseSource(nameof(Rows))]
    public async Task BadFieldBesideAGoodToken_ChangesNothing(string value)
    {
        var client = SharedService.App.CreateClient().As(Basic());
        var token = (await Token.Value).AccessToken;
        foreach (var field in new[] { "token_type_hint", "client_id", "resource", "x", value })
        {
            await (await client.PostRawAsync("/oauth/introspect", $"{field}={value}&token={token}", FormType))
                .ShouldBeActiveAsync();
        }
    }
}
