using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Settings;

namespace CleanJwt.Infrastructure.IntegrationTests.Persistence;

/// <summary>Options of a whole SQL Server that would break the service stop its start.</summary>
[OnDatabases(DatabaseKind.SqlServer)]
[NonParallelizable] // every new connection to the server gets the option
internal sealed class SqlServerOptions(DatabaseKind kind)
{
    private const int NoCount = 512;

    [Test]
    public async Task RowCountsTurnedOff_StopTheStartWithOneLine()
    {
        using var database = new TestDatabase(kind);
        await using (await Node.StartAsync(database))
        {
            // makes the tables
        }

        await using var node = new Node(database);
        SetUserOptions(database, NoCount);
        try
        {
            Assert.That(
                node.PrepareAsync, Throws.TypeOf<StartException>().With.Message.Contains("turns NOCOUNT on"));
        }
        finally
        {
            SetUserOptions(database, 0);
        }
    }

    private static void SetUserOptions(TestDatabase database, int options) =>
        database.Sql($"EXEC sp_configure 'user options', {options}; RECONFIGURE; SELECT 1");
}
