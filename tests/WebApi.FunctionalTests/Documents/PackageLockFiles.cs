using System.Text.Json.Nodes;

namespace CleanJwt.WebApi.FunctionalTests.Documents;

/// <summary>
/// The lock file of a sample or a client pins the package versions that were tested, from the public registry.
/// </summary>
internal sealed class PackageLockFiles
{
    [TestCase("samples/node")]
    [TestCase("tests/Process.Tests/Clients/node")]
    [TestCase("tests/Process.Tests/Clients/passkeys")]
    public void NodePackages_AreHashedAndNameNoOtherRegistry(string folder)
    {
        var packages = JsonNode.Parse(
            File.ReadAllText(Repository.PathOf($"{folder}/package-lock.json")))!["packages"]!.AsObject();
        foreach (var (path, package) in packages.Where(package => package.Key.Length > 0))
        {
            Assert.That(package!["integrity"]?.ToString(), Does.StartWith("sha512-"), path);
            Assert.That(package["resolved"]?.ToString(), Is.Null.Or.StartsWith("https://registry.npmjs.org/"), path);
        }
    }
}
