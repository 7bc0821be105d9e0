using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace CleanJwt.ProcessTests.Support;

/// <summary>
/// One of the folders of <c>samples</c>, ready to be started. Where its language is not installed or its packages can't
/// be had, the test is skipped.
/// </summary>
internal sealed class Sample : IDisposable
{
    private readonly NodePackage? _package;
    private readonly string _folder;
    private readonly string[] _command;

    private Sample(string folder, NodePackage? package, params string[] command) =>
        (_folder, _package, _command) = (folder, package, command);

    public static Task<Sample> PrepareAsync(string name) => name switch
    {
        "aspnetcore" => Task.FromResult(new Sample(FolderOf(name), null, "dotnet", AspNetCoreDll)),
        "node" => PrepareNodeAsync(),
        "python" => PreparePythonAsync(),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such sample."),
    };

    /// <summary>Starts it as a service that trusts the tokens of an issuer, and waits until it listens.</summary>
    public Task<SampleServer> StartAsync(Uri issuer)
    {
        var address = CleanJwtProcess.FreeAddress();
        var start = CommandLine.StartInfo(_folder, _command);
        foreach (var inherited in start.Environment.Keys.Where(
            key => key.StartsWith("ASPNETCORE_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(inherited);
        }

        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development"; // Its issuer has no HTTPS.
        start.Environment["ISSUER"] = issuer.GetLeftPart(UriPartial.Authority);
        start.Environment["AUDIENCE"] = "cleanjwt-api";
        start.Environment["PORT"] = address.Port.ToString(CultureInfo.InvariantCulture);
        return SampleServer.StartAsync(start, address);
    }

    public void Dispose() => _package?.Dispose();

    private static string AspNetCoreDll { get; } = typeof(Sample).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "SampleDll").Value!;

    private static string FolderOf(string name) => Repository.PathOf($"samples/{name}");

    private static async Task<Sample> PrepareNodeAsync()
    {
        var package = await NodePackage.InstallAsync("samples/node", "server.js");
        return new Sample(package.Folder, package, "node", "server.js");
    }

    private static async Task<Sample> PreparePythonAsync()
    {
        foreach (var python in new[] { "python3", "/usr/bin/python3" })
        {
            if ((await CommandLine.RunAsync(
                Repository.Root, python, "-c", "import cryptography; from jwt import PyJWKClient")).ExitCode == 0)
            {
                return new Sample(FolderOf("python"), null, python, "server.py");
            }
        }

        Assert.Ignore("Python 3 with PyJWT and cryptography is not installed.");
        throw new UnreachableException();
    }
}
