namespace CleanJwt.Domain.UnitTests;

/// <summary>The rows of a table of cases, each shown by its name: values with control characters would break the report.</summary>
internal static class Rows
{
    public static TestCaseData Row(string name, params object?[] values) => new TestCaseData(values).SetArgDisplayNames(name);
}
