using System.Text.Json;

namespace CleanJwt.ProcessTests.Support;

/// <summary>
/// The client of <c>Clients/node</c>: libraries that know a service only by the standards and by its metadata.
/// </summary>
internal sealed class NodeClient : IDisposable
{
    private readonly NodePackage _package;

    private NodeClient(NodePackage package) => _package = package;

    public static async Task<NodeClient> PrepareAsync() =>
        new(await NodePackage.InstallAsync("tests/Process.Tests/Clients/node", "client.js"));

    /// <summary>Has the client do a step that succeeds.</summary>
    /// <returns>What its libraries made of the answer.</returns>
    public async Task<JsonElement> DoAsync(
        string step, string argument, Uri issuer, (string Id, string Secret) credentials) =>
        Part("result", await RunAsync(step, argument, issuer, credentials));

    /// <summary>Has the client do a step that its libraries refuse, or the service.</summary>
    /// <returns>What its libraries say of it.</returns>
    public async Task<JsonElement> FailAsync(
        string step, string argument, Uri issuer, (string Id, string Secret) credentials) =>
        Part("error", await RunAsync(step, argument, issuer, credentials));

    public void Dispose() => _package.Dispose();

    private async Task<JsonElement> RunAsync(
        string step, string argument, Uri issuer, (string Id, string Secret) credentials)
    {
        var start = CommandLine.StartInfo(_package.Folder, "node", "client.js", step, argument);
        start.Environment["ISSUER"] = issuer.GetLeftPart(UriPartial.Authority);
        start.Environment["AUDIENCE"] = "cleanjwt-api";
        (start.Environment["CLIENT_ID"], start.Environment["CLIENT_SECRET"]) = credentials;
        var (exitCode, output, errors) = await CommandLine.RunAsync(start);
        Assert.That(exitCode, Is.Zero, errors);
        return JsonDocument.Parse(output).RootElement;
    }

    private static JsonElement Part(string name, JsonElement finding)
    {
        Assert.That(finding.TryGetProperty(name, out var part), Is.True, finding.ToString());
        return part;
    }
}
