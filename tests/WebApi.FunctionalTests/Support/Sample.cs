using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace CleanJwt.WebApi.FunctionalTests.Support;

/// <summary>
/// One of the folders of <c>samples</c>, ready to be started. Where its language is not installed or its packages can't be had, the test is
/// skipped.
/// </summary>
internal sealed class Sample : IDisposable
{
    private const int NotStarted = -1001;
    private const int TimedOut = -1002;

    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(2);

    // npm's names for a registry that can't be reached; any other failure is the sample's.
    private static readonly string[] NetworkErrors =
        ["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ENETUNREACH", "EHOSTUNREACH", "ETIMEDOUT", "ERR_SOCKET_TIMEOUT", "ENOTCACHED"];

    private readonly TemporaryFolder? _copy;
    private readonly string _folder;
    private readonly string[] _command;

    private Sample(string folder, TemporaryFolder? copy, params string[] command) => (_folder, _copy, _command) = (folder, copy, command);

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
        var start = StartInfo(_folder, _command);
        foreach (var inherited in start.Environment.Keys.Where(key => key.StartsWith("ASPNETCORE_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(inherited);
        }

        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development"; // Its issuer has no HTTPS.
        start.Environment["ISSUER"] = issuer.GetLeftPart(UriPartial.Authority);
        start.Environment["AUDIENCE"] = "cleanjwt-api";
        start.Environment["PORT"] = address.Port.ToString(CultureInfo.InvariantCulture);
        return SampleServer.StartAsync(start, address);
    }

    public void Dispose() => _copy?.Dispose();

    private static string AspNetCoreDll { get; } = typeof(Sample).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "SampleDll").Value!;

    private static string FolderOf(string name) => Repository.PathOf($"samples/{name}");

    private static async Task<Sample> PrepareNodeAsync()
    {
        var version = await RunAsync(Repository.Root, "node", "--version");
        if (version.ExitCode != 0 || int.Parse(version.Output.TrimStart('v').Split('.')[0], CultureInfo.InvariantCulture) < 20)
        {
            Assert.Ignore("Node 20 or newer is not installed.");
        }

        var copy = new TemporaryFolder();
        foreach (var file in new[] { "package.json", "package-lock.json", "server.js" })
        {
            File.Copy(Path.Combine(FolderOf("node"), file), Path.Combine(copy.Path, file));
        }

        var install = await RunAsync(copy.Path, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=1");
        if (install.ExitCode != 0)
        {
            copy.Dispose();
            if (install.ExitCode is NotStarted or TimedOut || NetworkErrors.Any(install.Errors.Contains))
            {
                Assert.Ignore(install.ExitCode is NotStarted ? "npm is not installed." : "The npm registry can't be reached.");
            }

            Assert.Fail($"npm ci ended with {install.ExitCode}:\n{install.Errors}");
        }

        return new Sample(copy.Path, copy, "node", "server.js");
    }

    private static async Task<Sample> PreparePythonAsync()
    {
        foreach (var python in new[] { "python3", "/usr/bin/python3" })
        {
            if ((await RunAsync(Repository.Root, python, "-c", "import cryptography; from jwt import PyJWKClient")).ExitCode == 0)
            {
                return new Sample(FolderOf("python"), null, python, "server.py");
            }
        }

        Assert.Ignore("Python 3 with PyJWT and cryptography is not installed.");
        throw new UnreachableException();
    }

    private static async Task<CommandResult> RunAsync(string folder, params string[] command)
    {
        try
        {
            using var process = Process.Start(StartInfo(folder, command))!;
            using var timeout = new CancellationTokenSource(InstallTimeout);
            try
            {
                var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
                var errors = process.StandardError.ReadToEndAsync(timeout.Token);
                await process.WaitForExitAsync(timeout.Token);
                return new CommandResult(process.ExitCode, await output, await errors);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                return new CommandResult(TimedOut, "", "");
            }
        }
        catch (Win32Exception)
        {
            return new CommandResult(NotStarted, "", "");
        }
    }

    private static ProcessStartInfo StartInfo(string folder, string[] command) => new(command[0], command[1..])
    {
        WorkingDirectory = folder,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };
}
