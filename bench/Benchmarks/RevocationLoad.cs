using System.Diagnostics;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Setup;
using CleanJwt.Infrastructure.Persistence.Sqlite;
using CleanJwt.Infrastructure.Persistence.Statements;
using CleanJwt.Infrastructure.Revocation;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;

namespace CleanJwt.Benchmarks;

/// <summary>Measures the time in which a starting node loads the revocation list, and the memory of the list.</summary>
internal static class RevocationLoad
{
    private const int Entries = 1_000_000;

    public static void Run()
    {
        var folder = Directory.CreateTempSubdirectory("cleanjwt-bench-").FullName;
        try
        {
            var connection = $"Data Source={Path.Combine(folder, "bench.db")}";
            Console.WriteLine($"Writing {Entries:N0} revocations …");
            using (var db = SqliteDesignTimeFactory.CreateDbContext(connection))
            {
                db.Database.Migrate();
                db.Database.ExecuteSqlRaw(
                    """
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {0})
                    INSERT INTO Revocations (SessionId)
                    SELECT printf('%08X-%04X-7%03X-8%03X-%012X', i, i % 65536, i % 4096, i % 4096, i) FROM n
                    """,
                    Entries);
            }

            var configuration = new ConfigurationBuilder()
                .AddInMemoryCollection([new("ConnectionStrings:Default", connection)])
                .Build();
            var environment = new HostingEnvironment { ContentRootPath = folder };
            var file = new SqliteFile(configuration, environment, new DatabaseOptions());
            using var source = new RevocationSource(file.OpenForPolling, RevocationSql.Sqlite, new RevocationOptions());
            for (var round = 1; round <= 3; round++)
            {
                var list = Lists.Create();
                var before = GC.GetTotalMemory(forceFullCollection: true);
                var watch = Stopwatch.StartNew();
                source.Read(since: null, list.Learn);
                watch.Stop();
                var perEntry = (double)(GC.GetTotalMemory(forceFullCollection: true) - before) / list.Count;
                Console.WriteLine(
                    $"round {round}: {list.Count:N0} entries loaded in {watch.Elapsed.TotalSeconds:F2} s (goal 3), "
                        + $"{perEntry:F1} bytes an entry (goal 64)");
                GC.KeepAlive(list);
            }
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }
}
