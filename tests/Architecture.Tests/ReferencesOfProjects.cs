using System.Xml.Linq;

namespace CleanJwt.Architecture.Tests;

/// <summary>
/// What each project may refer to: a reference that no type uses yet is no dependency to see, but a temptation.
/// </summary>
internal sealed class ReferencesOfProjects
{
    private static readonly string[] Kinds = ["PackageReference", "ProjectReference", "FrameworkReference",
        "Reference", "Import"];

    [Test]
    public void Domain_RefersToNothing() => Assert.That(ReferencesOf("Domain"), Is.Empty);

    [Test]
    public void Application_RefersToDomainAndItsLibraries() =>
        Assert.That(ReferencesOf("Application"), Is.EquivalentTo(new[]
    {
        "../Domain/Domain.csproj", "FluentValidation", "FluentValidation.DependencyInjectionExtensions",
        "Mediator.Abstractions",
    }));

    [TestCase("Infrastructure", "../Application/Application.csproj")]
    [TestCase("WebApi", "../Application/Application.csproj", "../Infrastructure/Infrastructure.csproj")]
    public void OuterProject_RefersInward(string project, params string[] projects) =>
        Assert.That(
            ReferencesOf(project).Where(reference => reference.EndsWith(".csproj", StringComparison.Ordinal)),
            Is.EquivalentTo(projects));

    [Test]
    public void WebApi_NamesInfrastructureInFewFiles() =>
        Assert.That(FilesNaming("CleanJwt.Infrastructure", "WebApi"), Is.EquivalentTo(new[]
        {
            "Program.cs", "AccountPages/AccountPagesServices.cs",
            "Commands/CommandTable.cs", "Commands/KeyCommands.cs", "Commands/MailCommands.cs",
            "DevMail/DevMailPage.cs", "Errors/Faults.cs",
            "Hosting/ConnectionLimit.cs", "Hosting/ListenAddresses.cs",
            "Hosting/StartFailure.cs", "Http/HttpServices.cs", "RateLimiting/RateLimitingServices.cs",
        }));

    [Test]
    public void EveryLayer_GetsNoReferenceFromTheSharedProperties()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ReferencesIn(XDocument.Load(Path.Combine(Root, "Directory.Build.props"))), Is.Empty);
            Assert.That(
                Directory.GetFiles(Path.Combine(Root, "src"), "Directory.Build.*", SearchOption.AllDirectories),
                Is.Empty);
        }
    }

    [TestCase("""<ItemGroup><PackageReference Include="Dapper" /></ItemGroup>""", "Dapper", TestName = "{m}(package)")]
    [TestCase("""<ItemGroup><ProjectReference Include="../X/X.csproj" /></ItemGroup>""", "../X/X.csproj", TestName = "{m}(project)")]
    [TestCase("""<Choose><When><ItemGroup><FrameworkReference Include="X" /></ItemGroup></When></Choose>""", "X", TestName = "{m}(framework, nested)")]
    [TestCase("""<Import Project="../X/X.props" />""", "../X/X.props", TestName = "{m}(import)")]
    public void ForeignReference_IsSeen(string content, string reference) =>
        Assert.That(ReferencesIn(XDocument.Parse($"<Project>{content}</Project>")), Is.EqualTo(new[] { reference }));

    private static string Root
    {
        get
        {
            var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "CleanJwt.sln")))
            {
                folder = folder.Parent ?? throw new DirectoryNotFoundException(
                    "No folder above the tests holds CleanJwt.sln.");
            }

            return folder.FullName;
        }
    }

    private static IEnumerable<string> FilesNaming(string name, string project)
    {
        var folder = Path.Combine(Root, "src", project);
        return Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))
            .Where(file => !file.StartsWith("obj/", StringComparison.Ordinal)
                && !file.StartsWith("bin/", StringComparison.Ordinal))
            .Where(file => File.ReadAllText(Path.Combine(folder, file)).Contains(name, StringComparison.Ordinal));
    }

    private static IEnumerable<string> ReferencesOf(string project) =>
        ReferencesIn(XDocument.Load(Path.Combine(Root, "src", project, $"{project}.csproj")));

    private static IEnumerable<string> ReferencesIn(XDocument project) =>
        from element in project.Descendants()
        where Kinds.Contains(element.Name.LocalName)
        select (element.Attribute("Include") ?? element.Attribute("Project"))?.Value ?? element.ToString();
}
