using System.Diagnostics;
using System.Text.RegularExpressions;
using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Documents;

/// <summary>
/// The image and the composed system, as far as they can be checked without an engine that runs containers.
/// </summary>
[Platform(Exclude = "Win", Reason = "the containers are Linux")]
internal sealed partial class Containers
{
    private const string AppUser = "1654"; // of Microsoft's images

    private static readonly string Dockerfile = File.ReadAllText(Repository.PathOf("Dockerfile"));
    private static readonly string Compose = File.ReadAllText(Repository.PathOf("docker-compose.yml"));

    [Test]
    public async Task ComposeFiles_AreUnderstood()
    {
        foreach (
            var files in new[] { new[] { "docker-compose.yml" }, ["docker-compose.yml", "docker-compose.sqlite.yml"] })
        {
            var understood = await ComposeAsync(".env.example", files);
            Assert.That(understood.ExitCode, Is.Zero, understood.Errors);
            Assert.That(
                understood.Output,
                Does.Contain("KeyProtection__CertificatePath: /data/protection.pfx").And.Contain("read_only: true"));
        }

        using var folder = new TemporaryFolder();
        var empty = Path.Combine(folder.Path, "empty.env");
        await File.WriteAllTextAsync(empty, "");
        var refused = await ComposeAsync(empty, "docker-compose.yml");
        Assert.That(refused.ExitCode, Is.Not.Zero);
        Assert.That(refused.Errors, Does.Contain("is not set. Copy .env.example to .env"));
    }

    [Test]
    public void EnvironmentExample_NamesAllThatComposeAsksFor()
    {
        var asked = Variable().Matches(Compose).Select(match => match.Groups[1].Value).Distinct();
        var named = File.ReadLines(Repository.PathOf(".env.example")).Where(line => line.Contains('=')
            && !line.StartsWith('#')).Select(line => line.Split('=')[0]);
        Assert.That(named, Is.EquivalentTo(asked));
    }

    [Test]
    public void Proxy_KnowsTheReplicasAndIsKnownByThem()
    {
        var nginx = File.ReadAllText(Repository.PathOf("deploy/nginx.conf"));
        var addresses = Address().Matches(Compose).Select(match => match.Groups[1].Value).ToList();
        Assert.That(addresses, Has.Count.EqualTo(3));
        var proxy = ProxyAddress().Match(Compose).Groups[1].Value;
        Assert.That(addresses, Does.Contain(proxy));
        Assert.That(
            Upstream().Matches(nginx).Select(match => match.Groups[1].Value),
            Is.EquivalentTo(addresses.Where(address => address != proxy)));
    }

    [Test]
    public void Dockerfile_RestoresFromTheProjectFilesAlone()
    {
        var before = Dockerfile[..Dockerfile.IndexOf("RUN dotnet restore", StringComparison.Ordinal)];
        var projects = new[] { "Domain", "Application", "Infrastructure", "WebApi" };
        foreach (var project in projects)
        {
            Assert.That(before, Does.Contain($"COPY src/{project}/{project}.csproj src/{project}/"));
        }

        Assert.That(before, Does.Not.Contain("COPY src src"));
        Assert.That(
            Dockerfile[Dockerfile.LastIndexOf("FROM", StringComparison.Ordinal)..],
            Does.StartWith("FROM mcr.microsoft.com/dotnet/aspnet:10.0\n").And.Contain("USER $APP_UID"));
    }

    [Test]
    public async Task PublishedBuild_RunsAsAnotherUserWhereItMayWriteNothing()
    {
        string[] user = [];
        if (Environment.UserName == "root")
        {
            user = ["setpriv", $"--reuid={AppUser}", $"--regid={AppUser}", "--clear-groups"];
            if ((await CommandLine.RunAsync(Path.GetTempPath(), [.. user, "true"])).ExitCode != 0)
            {
                Assert.Ignore("setpriv is not installed, and without it root can't run something as another user.");
            }
        }

        Assert.That(Flags("publish"), Is.SupersetOf(Flags("restore")), "what is published was restored");
        using var folder = new TemporaryFolder();
        var (app, data) = (Path.Combine(folder.Path, "app"), Path.Combine(folder.Path, "data"));
        var published = await CommandLine.RunAsync(
            folder.Path,
            [
                "dotnet", "publish", Repository.PathOf("src/WebApi"), .. Flags("publish").Except(["--no-restore"]),
                "--artifacts-path", Path.Combine(folder.Path, "build"), "--output", app,
            ]);
        Assert.That(published.ExitCode, Is.Zero, published.Output);
        Directory.CreateDirectory(data);
        foreach (var (mode, path) in new[] { ("a+rx", folder.Path), ("a+rwx", data) })
        {
            await CommandLine.RunAsync(folder.Path, "chmod", mode, path);
        }

        await CommandLine.RunAsync(folder.Path, "chmod", "-R", "a-w,a+rX", app);

        var address = CleanJwtProcess.FreeAddress();
        var start = InContainer(app, data, address, [.. user, "dotnet", "CleanJwt.WebApi.dll"]);
        using var service = Process.Start(start)!;
        try
        {
            using var client = new HttpClient { BaseAddress = address };
            Assert.That(() => IsReady(client), Is.True.After(60_000, 50), "it answers");
            await client.LoginAsync();
            var health = await CommandLine.RunAsync(
                InContainer(app, data, address, [.. user, "dotnet", "CleanJwt.WebApi.dll", "health"]));
            Assert.That(health.ExitCode, Is.Zero, health.Errors);
        }
        finally
        {
            service.Kill(entireProcessTree: true);
            await service.WaitForExitAsync();
            await CommandLine.RunAsync(folder.Path, "chmod", "-R", "u+w", app);
        }
    }

    /// <summary>
    /// As the image and the compose file have it: production, a home that is not there, and data elsewhere.
    /// </summary>
    private static ProcessStartInfo InContainer(string app, string data, Uri address, string[] command)
    {
        var start = CommandLine.StartInfo(app, command);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["ASPNETCORE_URLS"] = $"http://+:{address.Port}";
        start.Environment["ConnectionStrings__Default"] = $"Data Source={data}/cleanjwt.db";
        start.Environment["Jwt__Issuer"] = "http://localhost:8080";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["HOME"] = "/nonexistent";
        return start;
    }

    private static bool IsReady(HttpClient client)
    {
        try
        {
            return client.GetAsync("/health/ready").Result.IsSuccessStatusCode;
        }
        catch (AggregateException exception) when (exception.InnerException is HttpRequestException)
        {
            return false; // it does not listen yet
        }
    }

    /// <summary>The flags with which the Dockerfile runs one of dotnet's commands.</summary>
    private static List<string> Flags(string command)
    {
        var lines = Dockerfile.Replace("\\\n    ", "", StringComparison.Ordinal).Split('\n');
        var line = lines.Single(line => line.StartsWith($"RUN dotnet {command} src/WebApi", StringComparison.Ordinal));
        return [.. line.Split(' ').Skip(4).TakeWhile(word => word != "--output")];
    }

    private static async Task<CommandResult> ComposeAsync(string environmentFile, params string[] files)
    {
        string[] arguments =
        [
            "--env-file", Repository.PathOf(environmentFile), .. files.SelectMany(
                file => new[] { "-f", Repository.PathOf(file) }), "config",
        ];
        var result = await CommandLine.RunAsync(Repository.Root, ["docker", "compose", .. arguments]);
        if (result.ExitCode == CommandLine.NotStarted
            || result.Errors.Contains("docker --help", StringComparison.Ordinal))
        {
            result = await CommandLine.RunAsync(
                Repository.Root, ["docker-compose", .. arguments]); // the standalone one
        }

        if (result.ExitCode == CommandLine.NotStarted)
        {
            Assert.Ignore("Neither 'docker compose' nor 'docker-compose' is installed.");
        }

        return result;
    }

    [GeneratedRegex(@"\$\{([A-Z_]+)")]
    private static partial Regex Variable();

    [GeneratedRegex(@"ipv4_address: (\S+)")]
    private static partial Regex Address();

    [GeneratedRegex(@"KnownProxies__0: (\S+)")]
    private static partial Regex ProxyAddress();

    [GeneratedRegex(@"^\s+server (\S+):8080", RegexOptions.Multiline)]
    private static partial Regex Upstream();
}
