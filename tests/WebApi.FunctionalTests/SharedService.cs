using CleanJwt.WebApi.FunctionalTests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CleanJwt.WebApi.FunctionalTests;

/// <summary>
/// One service for all tests that leave it as they found it: they use accounts of their own, and touch neither its
/// clock nor its settings, nor its administrator.
/// </summary>
[SetUpFixture]
internal sealed class SharedService
{
    private static readonly Lazy<CleanJwtApp> OnSqlServer = new(() => Make(DatabaseKind.SqlServer));

    private static readonly Lazy<CleanJwtApp> WithoutFastPath = new(
        () => Make(DatabaseKind.Sqlite, TokenPath.Standard));

    private static CleanJwtApp? _app;

    public static CleanJwtApp App => _app!;

    public static CleanJwtApp On(DatabaseKind kind) => kind == DatabaseKind.Sqlite ? App : OnSqlServer.Value;

    public static CleanJwtApp On(TokenPath path) => path == TokenPath.Fast ? App : WithoutFastPath.Value;

    [OneTimeSetUp]
    public void Start() => _app = Make(DatabaseKind.Sqlite);

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _app!.DisposeAsync();
        foreach (var other in new[] { OnSqlServer, WithoutFastPath }.Where(other => other.IsValueCreated))
        {
            await other.Value.DisposeAsync();
        }
    }

    // Its administrator signs in more than a hundred times. At one and the same moment, any of these sessions would be
    // the one used longest ago, and be ended.
    private static CleanJwtApp Make(DatabaseKind kind, TokenPath path = TokenPath.Fast)
    {
        var app = new CleanJwtApp(
            new([.. TestAccounts.WithAdmin, .. OAuthRequests.WithClients]),
            new FakeTimeProvider(DateTimeOffset.UtcNow) { AutoAdvanceAmount = TimeSpan.FromTicks(1) },
            kind: kind,
            path: path);
        app.CreateClient().Dispose(); // starts it, before tests that run at once can start it twice
        return app;
    }
}
