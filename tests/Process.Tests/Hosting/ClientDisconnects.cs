using System.Net.Http.Json;
using CleanJwt.ProcessTests.Support;
using Microsoft.Data.Sqlite;

namespace CleanJwt.ProcessTests.Hosting;

/// <summary>A client disconnects before it is answered, as a page does that is closed while it signs out.</summary>
internal sealed class ClientDisconnects
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private readonly TemporaryFolder _folder = new();
    private CleanJwtProcess _service = null!;
    private TokenPair _tokens = null!;

    private string ConnectionString => $"Data Source={Path.Combine(_folder.Path, "data", "cleanjwt.db")};Pooling=False";

    [SetUp]
    public async Task SignInAsync()
    {
        _service = await CleanJwtProcess.StartAsync(_folder.Path, new() { ["Sessions:RefreshReuseGrace"] = "0" });
        _tokens = await _service.Client.LoginAsync();
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _service.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task SigningOut_EndsTheSessionAllTheSame()
    {
        await BreakOffAsync("/api/auth/logout");
        Assert.That(EndReason, Is.EqualTo(1).After(10_000, 50), "a sign-out");
    }

    [Test]
    public async Task ReusedRefreshToken_EndsTheSessionAllTheSame()
    {
        await (await _service.Client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = _tokens.RefreshToken }))
            .ShouldBeAsync(200);
        await BreakOffAsync("/api/auth/refresh");
        Assert.That(EndReason, Is.EqualTo(2).After(10_000, 50), "a reuse");
    }

    [Test]
    public async Task Refresh_SpendsNothing()
    {
        await BreakOffAsync("/api/auth/refresh");
        await (await _service.Client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = _tokens.RefreshToken }))
            .ShouldBeAsync(200);
    }

    /// <summary>
    /// Sends the refresh token while another program writes to the database, and disconnects before that ends.
    /// </summary>
    private async Task BreakOffAsync(string route)
    {
        await using var writer = new SqliteConnection(ConnectionString);
        await writer.OpenAsync();
        await using var transaction = await writer.BeginTransactionAsync();
        using var patience = new CancellationTokenSource(Patience);
        Assert.That(
            async () =>
                await _service.Client.PostAsJsonAsync(
                    route, new { refreshToken = _tokens.RefreshToken }, patience.Token),
            Throws.InstanceOf<OperationCanceledException>());
        await Task.Delay(Patience);
    }

    private object? EndReason()
    {
        using var connection = new SqliteConnection(ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT EndReason FROM Sessions";
        return command.ExecuteScalar();
    }
}
