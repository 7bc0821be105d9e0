using CleanJwt.Infrastructure.Persistence.Setup;
using CleanJwt.Infrastructure.Persistence.Sqlite;
using CleanJwt.Infrastructure.Persistence.SqlServer;
using CleanJwt.Infrastructure.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CleanJwt.Infrastructure.Persistence;

/// <summary>Registers the database of the provider that the settings name.</summary>
internal static class PersistenceServices
{
    public static void AddPersistence(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<DatabaseOptions>(DatabaseOptions.SectionName);
        services.AddSingleton<ConnectionObservers>();
        services.AddSingleton<IInterceptor>(provider => provider.GetRequiredService<ConnectionObservers>());
        services.AddSingleton<DatabasePreparation>();
        services.AddSingleton<EntityModel>();
        services.AddHostedService<EntityModelBuilder>();
        services.AddHealthChecks().AddCheck<DatabaseHealth>("database");
        var databaseProvider = configuration[$"{DatabaseOptions.SectionName}:{nameof(DatabaseOptions.Provider)}"];
        if (databaseProvider == DatabaseOptions.SqlServer)
        {
            services.AddSqlServer();
        }
        else
        {
            services.AddSqlite();
        }

        services.AddScoped(scope => scope.GetRequiredService<IDbContextFactory<AppDbContext>>().CreateDbContext());
    }

    /// <summary>Registers pooled contexts of one provider, also under their base class.</summary>
    /// <param name="use">Sets the provider and its connection.</param>
    public static void AddContexts<T>(
        this IServiceCollection services, Action<IServiceProvider, DbContextOptionsBuilder> use)
        where T : AppDbContext
    {
        services.AddPooledDbContextFactory<T>((provider, builder) =>
        {
            use(provider, builder);
            builder.UseServices(provider);
        });
        services.AddSingleton<IDbContextFactory<AppDbContext>, ContextFactory<T>>();
    }

    /// <summary>
    /// Gives a context the application's services and interceptors. Identity's part of the model depends on its
    /// options.
    /// </summary>
    public static DbContextOptionsBuilder UseServices(
        this DbContextOptionsBuilder builder, IServiceProvider services) => builder
        .UseApplicationServiceProvider(services)
        .AddInterceptors(services.GetServices<IInterceptor>())

        // A taken address is an expected error. An unexpected one is logged where it becomes a 500 or 503.
        .ConfigureWarnings(warnings => warnings.Log(
            (RelationalEventId.CommandError, LogLevel.Debug), (CoreEventId.SaveChangesFailed, LogLevel.Debug)));
}
