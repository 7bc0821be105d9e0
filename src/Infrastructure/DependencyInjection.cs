using CleanJwt.Application.Abstractions;
using CleanJwt.Application.Sessions;
using CleanJwt.Infrastructure.Identity;
using CleanJwt.Infrastructure.Keys;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Revocation;
using CleanJwt.Infrastructure.Sessions;
using CleanJwt.Infrastructure.Settings;
using CleanJwt.Infrastructure.Tokens;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CleanJwt.Infrastructure;

public static class DependencyInjection
{
    public static IServiceCollection AddInfrastructure(this IServiceCollection services, IHostEnvironment environment)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddDatabase();
        services.AddIdentityStore();
        services.AddKeys();
        services.AddTokens(environment);
        services.AddSessions();
        services.AddRevocation();
        return services;
    }

    /// <summary>Checks the settings, migrates the database if that is to be done at the start, and loads the keys and the revocations.</summary>
    /// <exception cref="StartException">Something is not as it must be, with the reason in one line.</exception>
    /// <exception cref="OptionsValidationException">A setting makes no sense.</exception>
    public static async Task PrepareAsync(this IServiceProvider services, CancellationToken cancellationToken = default)
    {
        services.GetRequiredService<IStartupValidator>().Validate();
        await services.GetRequiredService<DatabasePreparation>().PrepareAsync(cancellationToken);
        services.GetRequiredService<RevocationPoller>().Start();
    }

    /// <summary>Makes the database and the first keys, or brings them up to date.</summary>
    /// <inheritdoc cref="PrepareAsync"/>
    public static async Task MigrateAsync(this IServiceProvider services, CancellationToken cancellationToken = default)
    {
        services.GetRequiredService<IStartupValidator>().Validate();
        await services.GetRequiredService<DatabasePreparation>().MigrateAsync(cancellationToken);
    }

    /// <summary>
    /// Ends every session and replaces the signing keys, so that no token issued so far is accepted any more. For a database that no node is
    /// serving, such as one just restored from a backup: that would revive what was ended since.
    /// </summary>
    /// <returns>How many sessions were not over yet.</returns>
    /// <inheritdoc cref="PrepareAsync"/>
    public static async Task<int> EndAllSessionsAsync(this IServiceProvider services, CancellationToken cancellationToken = default)
    {
        services.GetRequiredService<IStartupValidator>().Validate();
        return await services.GetRequiredService<DatabasePreparation>().UseAsync(
            async db =>
            {
                await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
                var ended = await SessionEnding.EndEverythingAsync(db, services.GetRequiredService<TimeProvider>().GetUtcNow(), cancellationToken);
                await services.GetRequiredService<SigningKeyStore>().ReplaceAllAsync(db, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return ended;
            },
            cancellationToken);
    }

    private static void AddDatabase(this IServiceCollection services)
    {
        services.AddSettings<DatabaseOptions>(DatabaseOptions.SectionName);
        services.AddSingleton<SqliteFile>();
        services.AddSingleton<IInterceptor, SqlitePragmas>();
        services.AddSingleton<DatabasePreparation>();
        services.AddHealthChecks().AddCheck<DatabaseHealth>("database");
        services.AddPooledDbContextFactory<SqliteDbContext>((provider, builder) => builder
            .UseSqlite(provider.GetRequiredService<SqliteFile>().ConnectionString)
            .AddInterceptors(provider.GetServices<IInterceptor>()));
        services.AddScoped<AppDbContext>(provider => provider.GetRequiredService<IDbContextFactory<SqliteDbContext>>().CreateDbContext());
        services.AddSingleton<IDatabase, SqliteDatabase>();
    }

    private static void AddIdentityStore(this IServiceCollection services)
    {
        services.AddSingleton<HashingThreads>();
        services.AddSingleton<IPasswordHasher<AppUser>, Argon2PasswordHasher>();
        services.AddSingleton<ILookupNormalizer, EmailNormalizer>();
        services.AddIdentityCore<AppUser>(IdentitySettings.Apply).AddEntityFrameworkStores<AppDbContext>();
        services.AddSingleton<IUserRepository, IdentityUserRepository>();
    }

    private static void AddKeys(this IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("CleanJwt");
        services.AddSingleton(provider => new KeyFolder(Path.Combine(provider.GetRequiredService<SqliteFile>().Folder, "keys")));
        services.AddOptions<KeyManagementOptions>().Configure<KeyFolder, ILoggerFactory>((options, folder, loggers) =>
            options.XmlRepository = new FileSystemXmlRepository(new DirectoryInfo(folder.Path), loggers));
        services.AddSingleton<SigningKeyStore>();
        services.AddSingleton<SigningKeyRing>();
    }

    private static void AddTokens(this IServiceCollection services, IHostEnvironment environment)
    {
        services.AddSettings<JwtOptions>(JwtOptions.SectionName).PostConfigure(options =>
            options.Issuer ??= environment.IsDevelopment() ? "http://localhost:5080" : null);
        services.AddSingleton<IAccessTokenService, JwtAccessTokenService>();
        services.AddSingleton<IIssuerMetadata, IssuerMetadata>();
        services.AddSingleton<IRefreshTokenService, DataProtectedRefreshTokens>();
    }

    private static void AddRevocation(this IServiceCollection services)
    {
        services.AddSettings<RevocationOptions>(RevocationOptions.SectionName);
        services.AddSingleton<RevocationMetrics>();
        services.AddSingleton(provider => new RevocationList(
            TimeProvider.System, provider.GetRequiredService<RevocationOptions>(), provider.GetRequiredService<RevocationMetrics>()));
        services.AddSingleton<IRevocationList>(provider => provider.GetRequiredService<RevocationList>());
        services.AddSingleton<IRevocationSource, SqliteRevocationSource>();
        services.AddSingleton<RevocationPoller>();
        services.AddHealthChecks().AddCheck<RevocationHealth>("revocation");
    }

    private static void AddSessions(this IServiceCollection services)
    {
        services.AddSettings<SessionOptions>(SessionOptions.SectionName);
        services.AddSingleton<ISessionRepository, SessionRepository>();
        services.AddSingleton<CleanUp>();
        services.AddHostedService(provider => provider.GetRequiredService<CleanUp>());
    }
}
