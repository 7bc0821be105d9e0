using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;
using NUnit.Framework.Internal.Builders;

namespace CleanJwt;

/// <summary>
/// Runs a fixture once on each kind of database, which its constructor is given. Where there is no SQL Server it has no
/// tests on one, and <see cref="FixturesOnSqlServer"/> says so.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class OnDatabasesAttribute(params DatabaseKind[] kinds) : NUnitAttribute, IFixtureBuilder2
{
    /// <summary>On all of them.</summary>
    public OnDatabasesAttribute()
        : this(Enum.GetValues<DatabaseKind>())
    {
    }

    public IReadOnlyList<DatabaseKind> Kinds { get; } = kinds;

    public IEnumerable<TestSuite> BuildFrom(ITypeInfo typeInfo) => BuildFrom(typeInfo, EveryMethod.Instance);

    public IEnumerable<TestSuite> BuildFrom(ITypeInfo typeInfo, IPreFilter filter)
    {
        var available = Kinds.Where(kind => kind != DatabaseKind.SqlServer || TestSqlServer.Missing is null).ToList();
        return available.Count == 0
            ? [new TestFixture(typeInfo)] // without a method, or NUnit would make one of its own
            : available.Select(kind => Build(typeInfo, filter, kind));
    }

    private static TestSuite Build(ITypeInfo typeInfo, IPreFilter filter, DatabaseKind kind)
    {
        var suite = new NUnitTestFixtureBuilder().BuildFrom(typeInfo, filter, new TestFixtureData(kind));
        if (suite is TestFixture fixture)
        {
            fixture.LifeCycle = LifeCycle.InstancePerTestCase; // NUnit ignores the assembly's for a fixture with arguments
        }

        // NUnit's builder leaves a fixture's categories out of the filter of the test adapter.
        foreach (var category in typeInfo.GetCustomAttributes<CategoryAttribute>(inherit: true))
        {
            category.ApplyToTest(suite);
        }

        return suite;
    }

    private sealed class EveryMethod : IPreFilter
    {
        public static readonly EveryMethod Instance = new();

        public bool IsMatch(Type type) => true;

        public bool IsMatch(Type type, System.Reflection.MethodInfo method) => true;
    }
}
