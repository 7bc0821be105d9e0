using CleanJwt.Infrastructure.Persistence.Setup;
using CleanJwt.Infrastructure.Persistence.Statements;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.Infrastructure.Persistence.SqlServer;

/// <summary>Registers the database on SQL Server.</summary>
internal static class SqlServerServices
{
    public static void AddSqlServer(this IServiceCollection services)
    {
        services.AddSingleton<SqlServerConnection>();
        services.AddSingleton<IPollingConnections>(provider => provider.GetRequiredService<SqlServerConnection>());
        services.AddContexts<SqlServerDbContext>((provider, builder) => builder.UseSqlServer(
            provider.GetRequiredService<SqlServerConnection>().ConnectionString,
            sql => sql
                .ExecutionStrategy(dependencies => new SqlServerRetries(dependencies))

                // SQL Server executes the later statements of a batch after an earlier one has failed.
                .MaxBatchSize(1)));
        services.AddSingleton<IDatabaseSetup, SqlServerSetup>();
        services.AddSingleton<IDatabase, SqlServerDatabase>();
        services.AddSingleton(RevocationSql.SqlServer);
    }
}
