using System.Reflection;

namespace CleanJwt;

/// <summary>One line for each fixture that needs a SQL Server: whether it ran on one, and if not, why.</summary>
internal sealed class FixturesOnSqlServer
{
    private static IEnumerable<string> Names() => typeof(FixturesOnSqlServer).Assembly.GetTypes()
        .Where(type => type.GetCustomAttribute<OnDatabasesAttribute>()?.Kinds.Contains(DatabaseKind.SqlServer) == true)
        .Select(type => type.Name)
        .Order();

    [TestCaseSource(nameof(Names))]
    public void Fixture_RunsOnSqlServer(string name)
    {
        if (TestSqlServer.Missing is not { } reason)
        {
            return;
        }

        if (TestSqlServer.IsRequired)
        {
            Assert.Fail($"{name} did not run on SQL Server, and {TestSqlServer.RequireVariable} is 1: {reason}");
        }

        Assert.Ignore($"{name} did not run on SQL Server: {reason}");
    }
}
