using System.Reflection;
using CleanJwt.Application.Sessions;
using CleanJwt.Domain.Accounts;
using static CleanJwt.Architecture.Tests.Layers;

namespace CleanJwt.Architecture.Tests;

/// <summary>
/// Dependencies point inward. Each rule is also asked where the answer is no, so that it can be seen to notice.
/// </summary>
internal sealed class DirectionOfDependencies
{
    private const string EntityFramework = @"^Microsoft\.(EntityFrameworkCore|Data)(\.|$)";
    private const string AspNetCore = @"^Microsoft\.AspNetCore(\.|$)";
    private const string AnythingButTheRuntime = @"^(?!System(\.|$)|CleanJwt\.Domain(\.|$)|Microsoft\.CodeAnalysis$)\w";

    private static IEnumerable<TestCaseData> Outward =>
    [
        Row(Layers.Domain, Layers.Application),
        Row(Layers.Domain, Layers.Infrastructure),
        Row(Layers.Domain, Layers.WebApi),
        Row(Layers.Application, Layers.Infrastructure),
        Row(Layers.Application, Layers.WebApi),
        Row(Layers.Infrastructure, Layers.WebApi),
    ];

    private static IEnumerable<TestCaseData> Inward =>
    [
        Row(Layers.Application, Layers.Domain),
        Row(Layers.Infrastructure, Layers.Domain),
        Row(Layers.Infrastructure, Layers.Application),
        Row(Layers.WebApi, Layers.Domain),
        Row(Layers.WebApi, Layers.Application),
        Row(Layers.WebApi, Layers.Infrastructure),
    ];

    [TestCaseSource(nameof(Outward))]
    public void OuterLayer_IsNotKnown(Assembly layer, Assembly outer) =>
        Assert.That(Dependents(layer, outer), Is.Empty);

    [TestCaseSource(nameof(Inward))]
    public void InnerLayer_IsKnown(Assembly layer, Assembly inner) =>
        Assert.That(Dependents(layer, inner), Is.Not.Empty);

    [Test]
    public void Domain_KnowsOnlyTheRuntime()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(DependentsOnNamespace(Layers.Domain, AnythingButTheRuntime), Is.Empty);
            Assert.That(DependentsOnNamespace(Layers.Application, AnythingButTheRuntime), Is.Not.Empty);
        }
    }

    [Test]
    public void Application_KnowsNoEntityFramework()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(DependentsOnNamespace(Layers.Application, EntityFramework), Is.Empty);
            Assert.That(DependentsOnNamespace(Layers.Infrastructure, EntityFramework), Is.Not.Empty);
        }
    }

    [Test]
    public void Application_KnowsNoAspNetCore()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(DependentsOnNamespace(Layers.Application, AspNetCore), Is.Empty);
            Assert.That(DependentsOnNamespace(Layers.WebApi, AspNetCore), Is.Not.Empty);
        }
    }

    [Test]
    public void WebApi_KnowsNoEntityFramework() =>
        Assert.That(DependentsOnNamespace(Layers.WebApi, EntityFramework), Is.Empty);

    /// <summary>
    /// WebApi names Infrastructure where it runs commands, explains a failed start, recognizes an outage of the
    /// database, and registers settings. This test can't see the top-level statements of Program.cs: <see
    /// cref="ReferencesOfProjects"/> looks at the files.
    /// </summary>
    [Test]
    public void WebApi_NamesInfrastructureInFewTypes() =>
        Assert.That(Dependents(Layers.WebApi, Layers.Infrastructure), Is.EqualTo(new[]
        {
            "CleanJwt.WebApi.AccountPages.AccountPagesServices",
            "CleanJwt.WebApi.Commands.CommandTable", "CleanJwt.WebApi.Commands.KeyCommands",
            "CleanJwt.WebApi.Commands.MailCommands", "CleanJwt.WebApi.DevMail.DevMailPage",
            "CleanJwt.WebApi.Errors.Faults",
            "CleanJwt.WebApi.Hosting.ConnectionLimit", "CleanJwt.WebApi.Hosting.ListenAddresses",
            "CleanJwt.WebApi.Hosting.StartFailure", "CleanJwt.WebApi.Http.HttpServices",
            "CleanJwt.WebApi.RateLimiting.RateLimitingServices",
        }));

    [Test]
    public void BodiesOfAsyncMethodsAndLambdas_AreSeen()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Dependents([typeof(LoginHandler)], [typeof(AccountErrors)]), Is.Not.Empty);
            Assert.That(Dependents([InWebApi("Http.HttpServices")], [InWebApi("Http.RequestBody")]), Is.Not.Empty);
        }
    }

    private static TestCaseData Row(Assembly layer, Assembly other) =>
        new TestCaseData(layer, other).SetArgDisplayNames(NameOf(layer), NameOf(other));

    private static Type InWebApi(string name) => Layers.WebApi.GetType($"CleanJwt.WebApi.{name}", throwOnError: true)!;

    private static string NameOf(Assembly layer) => layer.GetName().Name!;
}
