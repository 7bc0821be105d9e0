using Microsoft.Data.Sqlite;

namespace CleanJwt;

/// <summary>A folder that lasts as long as one test, with all that lies in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("cleanjwt-test-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools(); // a pooled connection of this process could still hold a file here open
        Directory.Delete(Path, recursive: true);
    }
}
