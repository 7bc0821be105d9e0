using CleanJwt.Infrastructure.Persistence.Setup;
using CleanJwt.Infrastructure.Persistence.Statements;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>Registers the database in a SQLite file.</summary>
internal static class SqliteServices
{
    public static void AddSqlite(this IServiceCollection services)
    {
        services.AddSingleton<SqliteFile>();
        services.AddSingleton<SqliteFileGuard>();
        services.AddSingleton<IPollingConnections>(provider => provider.GetRequiredService<SqliteFile>());
        services.AddSingleton<IConnectionObserver, SqlitePragmas>();
        services.AddContexts<SqliteDbContext>((provider, builder) =>
            builder.UseSqlite(provider.GetRequiredService<SqliteFile>().ConnectionString));
        services.AddSingleton<IDatabaseSetup, SqliteSetup>();
        services.AddSingleton<IDatabase>(provider =>
        {
            // Made before the database, so that it is disposed of after the database has ended its work.
            provider.GetRequiredService<SqliteFileGuard>();
            return new SqliteDatabase(
                () => OpenConnection(provider),
                provider.GetRequiredService<EntityModel>(),
                provider.GetRequiredService<DatabaseOptions>());
        });
        services.AddSingleton(RevocationSql.Sqlite);
    }

    private static SqliteDatabaseConnection OpenConnection(IServiceProvider services)
    {
        var guard = services.GetRequiredService<SqliteFileGuard>();
        guard.Check();
        var connection = services.GetRequiredService<SqliteFile>().Open(
            services.GetRequiredService<ConnectionObservers>());
        SqlitePragmas.EnlargeCache(connection);
        return new SqliteDatabaseConnection(
            connection, guard, services.GetRequiredService<EntityModel>(), opened => CreateContext(services, opened));
    }

    private static SqliteDbContext CreateContext(IServiceProvider services, SqliteConnection connection)
    {
        var builder = new DbContextOptionsBuilder<SqliteDbContext>();
        builder.UseSqlite(connection).UseServices(services);
        return new SqliteDbContext(builder.Options);
    }
}
