namespace CleanJwt.Domain.UnitTests;

/// <summary>
/// The rows of a table of cases. Each is shown by its name, since values with control characters would break the
/// report.
/// </summary>
internal static class Rows
{
    public static TestCaseData Row(string name, params object?[] values) =>
        new TestCaseData(values).SetArgDisplayNames(name);
}
