using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Documents;

/// <summary>The commands of the README, pasted as they stand.</summary>
internal sealed class ReadmeWalk
{
    private const string Address = "http://localhost:5080";

    [TestCase("sh")]
    [TestCase("bash")]
    public async Task Pasted_WorksAndEndsWithARevokedToken(string shell)
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "README.md"));
        var walk = Regex.Match(readme, "## Try it.*?```sh\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        Assert.That(walk, Does.Contain(Address));
        using var folder = new TemporaryFolder();
        await using var service = await CleanJwtProcess.StartAsync(
            folder.Path, new() { ["RateLimiting:Enabled"] = null, ["Mail:Transport"] = null });

        var answers = await RunAsync(
            shell,
            walk.Replace(Address, service.Client.BaseAddress!.ToString().TrimEnd('/'), StringComparison.Ordinal));

        var documents = answers.Split(
            '\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.That(documents, Has.Length.EqualTo(8), answers);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(documents[0].GetProperty("email").GetString(), Is.EqualTo("ada@example.com"));
            Assert.That(documents[1].GetProperty("tokenType").GetString(), Is.EqualTo("Bearer"));
            Assert.That(
                documents[2].GetProperty("id").GetString(), Is.EqualTo(documents[0].GetProperty("id").GetString()));
            Assert.That(
                documents[3].GetProperty("sessionId").GetString(),
                Is.EqualTo(documents[1].GetProperty("sessionId").GetString()));
            Assert.That(documents[4].GetProperty("recoveryCodes").GetArrayLength(), Is.EqualTo(10));
            Assert.That(documents[5].GetProperty("tokenType").GetString(), Is.EqualTo("Bearer"));
            Assert.That(documents[6].GetProperty("recoveryCodesLeft").GetInt32(), Is.EqualTo(9));
            Assert.That(documents[7].GetProperty("code").GetString(), Is.EqualTo("token-revoked"));
        }
    }

    private static async Task<string> RunAsync(string shell, string script)
    {
        if (!OnPath(shell) || !OnPath("curl") || !OnPath("python3"))
        {
            Assert.Ignore($"{shell}, curl or python3 is not installed.");
        }

        using var process = Process.Start(
            new ProcessStartInfo(shell) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await process.StandardInput.WriteAsync(script);
        process.StandardInput.Close();
        return await process.StandardOutput.ReadToEndAsync();
    }

    private static bool OnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, program)));
}
