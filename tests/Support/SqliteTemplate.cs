using CleanJwt.Infrastructure;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;

namespace CleanJwt;

/// <summary>
/// An SQLite database with its tables and nothing in them. It is migrated once for all tests of an assembly, which copy
/// it: a migration takes longer than most tests. Keys and secrets are left out, so that each service makes its own, at
/// the time of its own clock.
/// </summary>
[SetUpFixture]
internal sealed class SqliteTemplate
{
    private static readonly Lazy<string> Folder = new(Make);

    /// <summary>Puts a copy at a path, in a folder that only the owner may enter, as the service makes it.</summary>
    public static void CopyTo(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(
                folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        File.Copy(FileIn(Folder.Value), path);
    }

    [OneTimeTearDown]
    public static void Delete()
    {
        if (Folder.IsValueCreated)
        {
            Directory.Delete(Folder.Value, recursive: true);
        }
    }

    private static string FileIn(string folder) => Path.Combine(folder, "data", "cleanjwt.db");

    private static string Make()
    {
        var folder = Directory.CreateTempSubdirectory("cleanjwt-template-").FullName;
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings
            {
                ContentRootPath = folder,
                EnvironmentName = Environments.Development
            });
        builder.Services.AddInfrastructure(builder.Environment, builder.Configuration);
        using (var host = builder.Build())
        {
            Task.Run(() => host.Services.MigrateAsync()).GetAwaiter().GetResult(); // a static initializer can't await
        }

        using var connection = new SqliteConnection($"Data Source={FileIn(folder)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "DELETE FROM SigningKeys; DELETE FROM Secrets; PRAGMA wal_checkpoint(TRUNCATE)";
        command.ExecuteNonQuery();
        return folder;
    }
}
