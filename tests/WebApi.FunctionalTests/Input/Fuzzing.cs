using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;
using CleanJwt.Application.Ports;
using CleanJwt.Application.Sessions;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using CleanJwt.WebApi.FunctionalTests.Input.Mutants;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CleanJwt.WebApi.FunctionalTests.Input;

/// <summary>
/// Mutated tokens, bodies and headers: none is accepted for what it is not, and none is a fault.
/// <c>CLEANJWT_FUZZ_CASES</c> and <c>CLEANJWT_FUZZ_SEED</c> say how many and which, <c>CLEANJWT_FUZZ_CASE</c> runs a
/// single one of them again. The script <c>scripts/fuzz.sh</c> runs a million.
/// </summary>
[NonParallelizable] // it takes all there is of processors
[Category("Exhaustive")]
internal sealed class Fuzzing
{
    private const int MostShown = 20;

    [Test]
    public async Task Mutants_AreRefusedAndNeverAFault()
    {
        var seed = Number("CLEANJWT_FUZZ_SEED", otherwise: 1);
        var single = Number("CLEANJWT_FUZZ_CASE", otherwise: -1);
        await using var fuzzer = new Fuzzer();
        if (single >= 0)
        {
            await fuzzer.RunAsync(seed, single, cases: 1, TestContext.Progress.WriteLine);
        }
        else
        {
            await fuzzer.RunAsync(
                seed, firstCase: 0, Number("CLEANJWT_FUZZ_CASES", otherwise: 10_000), TestContext.Progress.WriteLine);
        }

        await TestContext.Out.WriteLineAsync(fuzzer.Figures);
        Assert.That(fuzzer.Findings.Count, Is.Zero, () => Report(fuzzer.Findings));
    }

    // The rest shows that the test above can fail.
    [Test]
    public async Task SignaturesThatNobodyChecks_AreFound()
    {
        await using var fuzzer = new Fuzzer(
            services => Wrap<IAccessTokenService>(services, good => new TrustedAccessTokens(good)));
        await fuzzer.RunAsync(seed: 1, firstCase: 0, cases: 300, _ => { });
        Assert.That(fuzzer.Findings.Select(finding => finding.What), Has.Some.EqualTo("access token: accepted"));
        Assert.That(fuzzer.Findings.First().ToString(), Does.StartWith("seed 1, case ").And.Contain("\nanswered: 20"));
    }

    [Test]
    public async Task ExceptionInTheService_IsFound()
    {
        await using var fuzzer = new Fuzzer(
            services => Wrap<IRefreshTokenService>(services, good => new FragileRefreshTokens(good)));
        await fuzzer.RunAsync(seed: 1, firstCase: 0, cases: 300, _ => { });
        Assert.That(fuzzer.Findings.Select(finding => finding.What), Has.Some.EqualTo("refresh token: a fault"));
        Assert.That(
            fuzzer.Findings.Select(finding => finding.Details),
            Has.Some.Contains("\nlogged: Error ").And.Some.Contains("FormatException: padding"));
    }

    [TestCase(200, "application/json", "{}", ExpectedResult = "accepted")]
    [TestCase(204, null, "", ExpectedResult = "accepted")]
    [TestCase(302, null, "", ExpectedResult = "an answer that is neither good nor an error")]
    [TestCase(400, "text/plain", "no", ExpectedResult = "an error as text/plain")]
    [TestCase(401, null, "", ExpectedResult = "an error as nothing")]
    [TestCase(401, "application/problem+json", "no", ExpectedResult = "an error that is no JSON object")]
    [TestCase(401, "application/problem+json", "[]", ExpectedResult = "an error that is no JSON object")]
    [TestCase(401, "application/problem+json", "{\"title\":\"x\",\"status\":401}",
        ExpectedResult = "an error without what a problem document has")]
    [TestCase(401, "application/problem+json",
        "{\"type\":\"x\",\"title\":\"x\",\"status\":400,\"detail\":\"x\",\"code\":\"x\",\"traceId\":\"x\"}",
        ExpectedResult = "an error without what a problem document has")]
    [TestCase(401, "application/problem+json", "{\"detail\":\"System.FormatException\"}",
        ExpectedResult = "an error that shows the inside")]
    [TestCase(401, "application/problem+json",
        "{\"type\":\"x\",\"title\":\"x\",\"status\":401,\"detail\":\"x\",\"code\":\"x\",\"traceId\":\"x\"}",
        ExpectedResult = null)]
    [TestCase(500, "application/problem+json", "{}", ExpectedResult = "a fault")]
    [TestCase(503, "application/problem+json", "{}", ExpectedResult = "a fault")]
    public string? Answer_IsJudged(int status, string? type, string body)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body) };
        response.Content.Headers.ContentType = type is null ? null : new(type);
        return Oracle.Judge(new MutantRequest("refresh token", "POST", "/api/auth/refresh"), response, body);
    }

    [TestCase(200, "application/json", "{\"active\":false}", ExpectedResult = null)]
    [TestCase(200, "application/json", "{\"active\":true}", ExpectedResult = "accepted")]
    [TestCase(400, "application/problem+json", "{}", ExpectedResult = "an error as application/problem+json")]
    [TestCase(400, "application/json", "{\"code\":\"x\"}", ExpectedResult = "an error that is none of RFC 6749")]
    [TestCase(400, "application/json", "{\"error\":\"x\",\"error_description\":\"x\"}", ExpectedResult = null)]
    public string? AnswerToAnotherService_IsJudged(int status, string type, string body)
    {
        using var response = new HttpResponseMessage(
            (HttpStatusCode)status)
        { Content = new StringContent(body, Encoding.UTF8, type) };
        return Oracle.Judge(new MutantRequest("refresh token", "POST", "/oauth/introspect"), response, body);
    }

    [Test]
    public async Task SeedAndNumber_MakeTheRequest()
    {
        var material = await Material.MakeAsync(SharedService.App);
        var requests = Requests(seed: 7);
        Assert.That(Requests(seed: 7), Is.EqualTo(requests));
        Assert.That(Requests(seed: 8), Is.Not.EqualTo(requests));

        // But for a signature made for it, which ECDSA never makes twice.
        string[] Requests(int seed) => [.. Enumerable.Range(0, 500)
            .Select(number => new MutantMaker(material, seed).Make(number))
            .Where(request => request.Kind != "re-signed token")
            .Select(request => request.ToString())];
    }

    private static string Report(IReadOnlyCollection<Finding> findings) =>
        $"{findings.Count} findings:\n{string.Join('\n', findings.GroupBy(finding => finding.What).Select(group => $"{group.Count()}× {group.Key}"))}\n\n"
        + string.Join(
            '\n',
            findings.GroupBy(finding => finding.What).SelectMany(group => group.Take(MostShown / 4)).Take(MostShown));

    /// <summary>Puts something before a port, which can go on to what was there.</summary>
    private static void Wrap<TPort>(IServiceCollection services, Func<TPort, TPort> wrap)
        where TPort : class
    {
        var implementation = services.Single(service => service.ServiceType == typeof(TPort)).ImplementationType!;
        services.Replace(ServiceDescriptor.Singleton(
            provider => wrap((TPort)ActivatorUtilities.CreateInstance(provider, implementation))));
    }

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(
            text, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>Believes every access token that it can read.</summary>
    private sealed class TrustedAccessTokens(IAccessTokenService good) : IAccessTokenService
    {
        public IssuedAccessToken Issue(
            Session session, IReadOnlyList<string> roles, ScopeSet scope, DateTimeOffset now) =>
            good.Issue(session, roles, scope, now);

        public ValueTask<Result<AccessToken>> ReadAsync(string token, CancellationToken cancellationToken) =>
            ValueTask.FromResult(Read(token));

        public bool TryGetCached(ReadOnlyMemory<char> token, [NotNullWhen(true)] out AccessToken? says)
        {
            says = null;
            return false;
        }

        public ValueTask<Result<AccessToken>> ReadExpiredAsync(string token, CancellationToken cancellationToken) =>
            ValueTask.FromResult(Read(token));

        private static Result<AccessToken> Read(string token)
        {
            try
            {
                var claims = Jwt.Payload(token);
                var (accountId, sessionId) = (
                    Guid.Parse(claims["sub"]!.ToString()), Guid.Parse(claims["sid"]!.ToString()));
                var scope = ScopeSet.ParseKnown(claims["scope"]!.ToString());
                var now = DateTimeOffset.UtcNow;
                return new AccessToken(accountId, sessionId, scope, [], now, now.AddMinutes(10), "id", now, now);
            }
            catch (Exception)
            {
                return AccessTokenErrors.InvalidToken;
            }
        }
    }

    /// <summary>Can't take padding.</summary>
    private sealed class FragileRefreshTokens(IRefreshTokenService good) : IRefreshTokenService
    {
        public string Write(RefreshToken token) => good.Write(token);

        public bool TryRead(
            string text, TokenTransport transport, [NotNullWhen(true)] out RefreshToken? token) =>
            text.EndsWith('=') ? throw new FormatException("padding") : good.TryRead(text, transport, out token);
    }
}
