using CleanJwt.Infrastructure.Persistence.Setup;
using CleanJwt.Infrastructure.Revocation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>Registers the database in a SQLite file.</summary>
internal static class SqliteServices
{
    public static void AddSqlite(this IServiceCollection services)
    {
        services.AddSingleton<SqliteFile>();
        services.AddSingleton<IPollingConnections>(provider => provider.GetRequiredService<SqliteFile>());
        services.AddSingleton<IConnectionObserver, SqlitePragmas>();
        services.AddContexts<SqliteDbContext>((provider, builder) =>
            builder.UseSqlite(provider.GetRequiredService<SqliteFile>().ConnectionString));
        services.AddSingleton<IDatabaseSetup, SqliteSetup>();
        services.AddSingleton<SqliteDatabase>();
        services.AddSingleton<IDatabase>(provider => provider.GetRequiredService<SqliteDatabase>());
        services.AddSingleton<IFrequentReads>(provider => provider.GetRequiredService<SqliteDatabase>());
        services.AddSingleton(RevocationSql.Sqlite);
    }
}
