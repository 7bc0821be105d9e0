using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Input;

/// <summary>Bodies over 64 KiB.</summary>
internal sealed class OversizeBodies
{
    private const int Limit = 64 * 1024;
    private readonly CleanJwtApp _app = SharedService.App;

    private static IEnumerable<TestCaseData> TooLarge() =>
        from size in new[] { Limit + 1, 1024 * 1024 }
        from chunked in new[] { false, true }
        from route in BodyRoute.All
        select new TestCaseData(route, size, chunked).SetArgDisplayNames(
            route.Name, $"{size}", chunked ? "Chunked" : "WithLength");

    [TestCaseSource(nameof(TooLarge))]
    [Category("Exhaustive")]
    public async Task TooLargeBody_IsRefused(BodyRoute route, int size, bool chunked) =>
        await (await route.SendAsync(LargeBodies.BodyOf(size), chunked: chunked)).ShouldBeProblemAsync(
            413, "body-too-large");

    [TestCase(true)]
    [TestCase(false)]
    public async Task BodyOfJust64KiB_IsRead(bool chunked) =>
        await (await LargeBodies.PostAsync(_app.CreateClient(), "/api/auth/refresh", Limit, chunked))
            .ShouldBeProblemAsync(401, "invalid-refresh-token");
}
