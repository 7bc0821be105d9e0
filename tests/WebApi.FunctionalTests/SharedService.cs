using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests;

/// <summary>
/// One service for all tests that leave it as they found it: they use accounts of their own, and touch neither its clock nor its
/// settings, nor its administrator.
/// </summary>
[SetUpFixture]
internal sealed class SharedService
{
    private static CleanJwtApp? _app;

    public static CleanJwtApp App => _app!;

    [OneTimeSetUp]
    public void Start() => _app = new CleanJwtApp(new([.. CleanJwtApp.WithAdmin, .. OAuthRequests.WithClients]));

    [OneTimeTearDown]
    public async Task StopAsync() => await _app!.DisposeAsync();
}
