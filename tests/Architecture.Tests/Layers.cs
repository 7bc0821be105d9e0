using ArchUnitNET.Domain;
using ArchUnitNET.Domain.Dependencies;
using ArchUnitNET.Fluent.Syntax.Elements.Types;
using ArchUnitNET.Loader;
using CleanJwt.Application.Sessions;
using CleanJwt.Domain.Accounts;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.WebApi.Controllers;
using static ArchUnitNET.Fluent.ArchRuleDefinition;
using Assembly = System.Reflection.Assembly;
using Type = System.Type;

namespace CleanJwt.Architecture.Tests;

/// <summary>The four layers as they were compiled.</summary>
internal static class Layers
{
    public static readonly Assembly Domain = typeof(Account).Assembly;
    public static readonly Assembly Application = typeof(LoginCommand).Assembly;
    public static readonly Assembly Infrastructure = typeof(DatabaseErrors).Assembly;
    public static readonly Assembly WebApi = typeof(AuthController).Assembly;

    private static readonly Lazy<ArchUnitNET.Domain.Architecture> All =
        new(() => new ArchLoader().LoadAssemblies(Domain, Application, Infrastructure, WebApi).Build());

    /// <returns>The types of one layer that depend on another layer.</returns>
    public static IReadOnlyList<string> Dependents(Assembly layer, Assembly other) =>
        Violators(
            Types().That().ResideInAssembly(layer).Should().NotDependOnAny(Types().That().ResideInAssembly(other)));

    /// <returns>The types of a layer that depend on a namespace of any assembly.</returns>
    public static IReadOnlyList<string> DependentsOnNamespace(Assembly layer, string pattern) =>
        Violators(Types().That().ResideInAssembly(layer).Should()
            .NotDependOnAny(Types(true).That().ResideInNamespaceMatching(pattern)));

    /// <returns>Those of the types that depend on any of the others.</returns>
    public static IReadOnlyList<string> Dependents(IEnumerable<Type> types, IEnumerable<Type> others) =>
        Violators(Types().That().Are(types).Should().NotDependOnAny(others));

    /// <returns>The types whose methods call a method, also from async bodies and lambdas.</returns>
    public static IReadOnlyList<string> CallersOf(Type type, string method) =>
    [
        .. All.Value.Types
            .Where(caller => caller.Dependencies.OfType<MethodCallDependency>().Any(call =>
                call.TargetMember.DeclaringType.FullName == type.FullName
                && call.TargetMember.Name.StartsWith($"{method}(", StringComparison.Ordinal)))
            .Select(caller => caller.FullName.Split('+', '/')[0])
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];

    private static List<string> Violators(TypesShouldConjunction rule) =>
    [
        .. rule.Evaluate(All.Value)
            .Where(result => !result.Passed)
            .Select(result => ((IType)result.EvaluatedObject!).FullName)
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];
}
