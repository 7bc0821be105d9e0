using CleanJwt.ProcessTests.Support;
using Microsoft.Data.Sqlite;

namespace CleanJwt.ProcessTests.Documents;

/// <summary>
/// The test does the steps of docs/tutorial.md in a copy of the repository, starts the service and uses the feature.
/// </summary>
[Category("Exhaustive")]
[NonParallelizable] // it builds, which takes all processors
internal sealed class TutorialWalk
{
    private const string Route = "/api/notes";

    private static readonly string[] FilesOutsideTheFeature =
    [
        "docs/routes.md",
        "src/Domain/Accounts/Scopes.cs",
        "src/Infrastructure/DependencyInjection.cs",
        "tests/Support/Contract.cs",
    ];

    private static TutorialStep[] Steps =>
        [.. Tutorial.StepsOf(File.ReadAllText(Repository.PathOf("docs/tutorial.md")))];

    [Test]
    public async Task Followed_AddsTheFeatureToADatabaseInUse()
    {
        using var copy = new TemporaryFolder();
        using var data = new TemporaryFolder();
        await CopyRepositoryAsync(copy.Path);
        foreach (var step in Steps)
        {
            await step.DoAsync(copy.Path);
        }

        TokenPair before;
        await using (var service = await CleanJwtProcess.StartAsync(data.Path))
        {
            before = await service.LoginAsync(await service.RegisterAsync());
        }

        await using var extended = CleanJwtProcess.Launch(
            data.Path, dll: Path.Combine(copy.Path, "src/WebApi/bin/Debug/net10.0/CleanJwt.WebApi.dll"));
        await extended.WaitUntilReadyAsync();
        var client = extended.Client;
        await (await client.DoAsync(before, $"GET {Route}")).ShouldBeProblemAsync(403, "insufficient-scope");
        var refused = await client.DoAsync(before, $"POST {Route}", new { text = "milk" });
        await refused.ShouldBeProblemAsync(403, "insufficient-scope");

        var owner = await AccountRequests.TokensOfAsync(await client.RefreshAsync(before.RefreshToken));
        var added = await client.DoAsync(owner, $"POST {Route}", new { text = "milk" });
        await added.ShouldBeAsync(201);
        var id = (await added.JsonAsync()).Text("id");
        Assert.That(await TextsAsync(client, owner), Is.EqualTo(new[] { "milk" }));
        await (await client.DoAsync(owner, $"DELETE {Route}/{id}")).ShouldBeAsync(204);
        await (await client.DoAsync(owner, $"DELETE {Route}/{id}")).ShouldBeProblemAsync(404, "note-not-found");
        Assert.That(await TextsAsync(client, owner), Is.Empty);

        await (await client.DoAsync(owner, $"POST {Route}", new { text = "bread" })).ShouldBeAsync(201);
        Assert.That(CountNotes(data.Path), Is.EqualTo(1));
        await (await client.DoAsync(owner, "DELETE /api/users/me")).ShouldBeAsync(204);
        Assert.That(CountNotes(data.Path), Is.Zero);
    }

    [Test]
    public void Steps_TouchFewFilesOutsideTheFeature() =>
        Assert.That(
            Steps.OfType<EditStep>().Select(step => step.File).Distinct(), Is.EquivalentTo(FilesOutsideTheFeature));

    [Test]
    public void BlockWithoutAPlace_IsSeen() =>
        Assert.That(
            () => Tutorial.StepsOf("Like this:\n\n```csharp\nF();\n```\n").ToList(),
            Throws.TypeOf<FormatException>());

    private static async Task<string[]> TextsAsync(HttpClient client, TokenPair by)
    {
        var response = await client.DoAsync(by, $"GET {Route}");
        await response.ShouldBeAsync(200);
        var notes = (await response.JsonAsync()).GetProperty("items").EnumerateArray();
        return [.. notes.Select(note => note.Text("text"))];
    }

    private static object? CountNotes(string folder)
    {
        using var connection = new SqliteConnection($"Data Source={ServiceNode.DatabasePathIn(folder)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM Notes";
        return command.ExecuteScalar();
    }

    /// <summary>Copies the files that git tracks, and new files that it does not ignore.</summary>
    private static async Task CopyRepositoryAsync(string folder)
    {
        var listed = await CommandLine.RunAsync(
            Repository.Root, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard");
        if (listed.ExitCode != 0)
        {
            Assert.Ignore($"git does not list the files of the repository: {listed.Errors}");
        }

        var files = listed.Output.Split('\0', StringSplitOptions.RemoveEmptyEntries);
        foreach (var file in files.Where(file => File.Exists(Repository.PathOf(file))))
        {
            var target = Path.Combine(folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Repository.PathOf(file), target);
        }
    }
}
