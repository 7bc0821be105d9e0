namespace CleanJwt.WebApi.FunctionalTests.Support;

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("cleanjwt-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
