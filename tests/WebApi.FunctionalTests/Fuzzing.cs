using System.Globalization;
using System.Net;
using System.Text;
using CleanJwt.Application.Abstractions;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using CleanJwt.WebApi.FunctionalTests.Mutants;
using CleanJwt.WebApi.FunctionalTests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Moq;

namespace CleanJwt.WebApi.FunctionalTests;

/// <summary>
/// Mutated tokens, bodies and headers: none is accepted for what it is not, and none is a fault. <c>CLEANJWT_FUZZ_CASES</c> and
/// <c>CLEANJWT_FUZZ_SEED</c> say how many and which, <c>CLEANJWT_FUZZ_CASE</c> runs a single one of them again. The script <c>scripts/fuzz.sh</c> runs a
/// million.
/// </summary>
[NonParallelizable] // it takes all there is of processors
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
            await fuzzer.RunAsync(seed, firstCase: 0, Number("CLEANJWT_FUZZ_CASES", otherwise: 10_000), TestContext.Progress.WriteLine);
        }

        await TestContext.Out.WriteLineAsync(fuzzer.Figures);
        Assert.That(fuzzer.Findings, Is.Empty, () => Report(fuzzer.Findings));
    }

    // The rest shows that the test above can fail.
    [Test]
    public async Task SignaturesThatNobodyChecks_AreFound()
    {
        await using var fuzzer = new Fuzzer(Trust);
        await fuzzer.RunAsync(seed: 1, firstCase: 0, cases: 2_000, _ => { });
        Assert.That(fuzzer.Findings.Select(finding => finding.What), Has.Some.EqualTo("access token: accepted"));
        Assert.That(fuzzer.Findings.First().ToString(), Does.StartWith("seed 1, case ").And.Contain("\nanswered: 20"));
    }

    [Test]
    public async Task ExceptionInTheService_IsFound()
    {
        await using var fuzzer = new Fuzzer(services => Replace<IRefreshTokenService>(services, (mock, good) =>
        {
            RefreshToken? read = null;
            mock.Setup(port => port.TryRead(It.Is<string>(text => text.Contains('=', StringComparison.Ordinal)), out read)).Throws(new FormatException("padding"));
            mock.Setup(port => port.Write(It.IsAny<RefreshToken>())).Returns((RefreshToken token) => good.Write(token));
        }));
        await fuzzer.RunAsync(seed: 1, firstCase: 0, cases: 1_000, _ => { });
        Assert.That(fuzzer.Findings.Select(finding => finding.What), Has.Some.EqualTo("refresh token: a fault"));
        Assert.That(fuzzer.Findings.Select(finding => finding.Details), Has.Some.Contains("\nlogged: Error").And.Contains("FormatException: padding"));
    }

    [TestCase(200, "application/json", "{}", ExpectedResult = "accepted")]
    [TestCase(204, null, "", ExpectedResult = "accepted")]
    [TestCase(302, null, "", ExpectedResult = "an answer that is neither good nor an error")]
    [TestCase(400, "text/plain", "no", ExpectedResult = "an error as text/plain")]
    [TestCase(401, null, "", ExpectedResult = "an error as nothing")]
    [TestCase(401, "application/problem+json", "no", ExpectedResult = "an error that is no JSON object")]
    [TestCase(401, "application/problem+json", "[]", ExpectedResult = "an error that is no JSON object")]
    [TestCase(401, "application/problem+json", "{\"title\":\"x\",\"status\":401}", ExpectedResult = "an error without what a problem document has")]
    [TestCase(401, "application/problem+json", "{\"type\":\"x\",\"title\":\"x\",\"status\":400,\"detail\":\"x\",\"code\":\"x\",\"traceId\":\"x\"}", ExpectedResult = "an error without what a problem document has")]
    [TestCase(401, "application/problem+json", "{\"detail\":\"System.FormatException\"}", ExpectedResult = "an error that shows the inside")]
    [TestCase(401, "application/problem+json", "{\"type\":\"x\",\"title\":\"x\",\"status\":401,\"detail\":\"x\",\"code\":\"x\",\"traceId\":\"x\"}", ExpectedResult = null)]
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
        using var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, type) };
        return Oracle.Judge(new MutantRequest("refresh token", "POST", "/oauth/introspect"), response, body);
    }

    [Test]
    public async Task SeedAndNumber_MakeTheRequest()
    {
        var material = await Material.MakeAsync(SharedService.App);
        var cases = Enumerable.Range(0, 500);
        var requests = cases.Select(number => new MutantMaker(material, seed: 7).Make(number) with { Authorization = null }).ToArray();
        var again = cases.Reverse().Select(number => new MutantMaker(material, seed: 7).Make(number) with { Authorization = null }).Reverse().ToArray();
        var others = cases.Select(number => new MutantMaker(material, seed: 8).Make(number) with { Authorization = null }).ToArray();
        Assert.That(again.Select(request => request.ToString()), Is.EqualTo(requests.Select(request => request.ToString())));
        Assert.That(others.Select(request => request.ToString()), Is.Not.EqualTo(requests.Select(request => request.ToString())));
        Assert.That(requests.Select(request => request.Kind).Distinct(), Has.Exactly(6).Items);
    }

    private static string Report(IReadOnlyCollection<Finding> findings) =>
        $"{findings.Count} findings:\n{string.Join('\n', findings.GroupBy(finding => finding.What).Select(group => $"{group.Count()}× {group.Key}"))}\n\n"
        + string.Join('\n', findings.GroupBy(finding => finding.What).SelectMany(group => group.Take(MostShown / 4)).Take(MostShown));

    /// <summary>Has the service believe every access token that it can read.</summary>
    private static void Trust(IServiceCollection services) => Replace<IAccessTokenService>(services, (mock, good) =>
    {
        mock.Setup(port => port.Issue(It.IsAny<Session>(), It.IsAny<IReadOnlyList<string>>(), It.IsAny<ScopeSet>(), It.IsAny<DateTimeOffset>()))
            .Returns((Session session, IReadOnlyList<string> roles, ScopeSet scope, DateTimeOffset now) => good.Issue(session, roles, scope, now));
        mock.Setup(port => port.ReadAsync(It.IsAny<string>(), It.IsAny<CancellationToken>())).ReturnsAsync((string token, CancellationToken _) => ReadUnchecked(token));
        mock.Setup(port => port.ReadExpiredAsync(It.IsAny<string>(), It.IsAny<CancellationToken>())).ReturnsAsync((string token, CancellationToken _) => ReadUnchecked(token));
    });

    private static Result<AccessToken> ReadUnchecked(string token)
    {
        try
        {
            var claims = Jwt.Payload(token);
            return new AccessToken(
                Guid.Parse(claims["sub"]!.ToString()), Guid.Parse(claims["sid"]!.ToString()), ScopeSet.Parse(claims["scope"]!.ToString()), [],
                DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddMinutes(10));
        }
        catch (Exception)
        {
            return AccessTokenErrors.InvalidToken;
        }
    }

    /// <summary>Puts a mock in the place of a port, which can fall back on what was there.</summary>
    private static void Replace<TPort>(IServiceCollection services, Action<Mock<TPort>, TPort> setUp)
        where TPort : class
    {
        var implementation = services.Single(service => service.ServiceType == typeof(TPort)).ImplementationType!;
        services.Replace(ServiceDescriptor.Singleton(provider =>
        {
            var mock = new Mock<TPort>();
            setUp(mock, (TPort)ActivatorUtilities.CreateInstance(provider, implementation));
            return mock.Object;
        }));
    }

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
