using System.Text.Json.Nodes;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests;

/// <summary>Whoever installs a sample's packages gets those that it was tested with, from where everybody gets them.</summary>
internal sealed class LockedPackages
{
    [Test]
    public void NodePackages_AreHashedAndNameNoOtherRegistry()
    {
        var packages = JsonNode.Parse(File.ReadAllText(Repository.PathOf("samples/node/package-lock.json")))!["packages"]!.AsObject();
        foreach (var (path, package) in packages.Where(package => package.Key.Length > 0))
        {
            Assert.That(package!["integrity"]?.ToString(), Does.StartWith("sha512-"), path);
            Assert.That(package["resolved"]?.ToString(), Is.Null.Or.StartsWith("https://registry.npmjs.org/"), path);
        }
    }
}
