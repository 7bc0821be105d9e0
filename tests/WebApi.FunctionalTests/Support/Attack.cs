namespace CleanJwt.WebApi.FunctionalTests.Support;

/// <summary>
/// Rows of attacks. Each names who described it, or whose rule it breaks, so that a reader can tell whether all are
/// there.
/// </summary>
internal static class Attack
{
    public const string Source = nameof(Source);

    /// <summary>
    /// What a source looks like: an RFC with its section, a CVE, a page of OWASP, or the API's own contract where no
    /// standard says it. Several stand apart by a semicolon.
    /// </summary>
    public const string SourcePattern = @"^(RFC \d{4}( \d+(\.\d+)*)?|CVE-\d{4}-\d{4,}|OWASP [\w :.-]+|the contract)(; (RFC \d{4}( \d+(\.\d+)*)?|CVE-\d{4}-\d{4,}|OWASP [\w :.-]+|the contract))*$";

    /// <summary>The source is part of the test's name, and so of every report of its failure.</summary>
    public static TestCaseData Row(string name, string source, params object?[] arguments) =>
        new TestCaseData(arguments).SetArgDisplayNames(name, source).SetProperty(Source, source);

    /// <returns>What a test is told of its source; null when nothing.</returns>
    public static string? SourceOf(TestCaseData row) => row.Properties.Get(Source) as string;
}
