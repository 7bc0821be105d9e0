using System.Security.Cryptography.X509Certificates;
using System.Text;
using CleanJwt.Application.Clients;
using CleanJwt.Application.Ports;
using CleanJwt.Application.Sessions;
using CleanJwt.Infrastructure.Accounts;
using CleanJwt.Infrastructure.Audit;
using CleanJwt.Infrastructure.Keys;
using CleanJwt.Infrastructure.Passwords;
using CleanJwt.Infrastructure.Passwords.Throttle;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Maintenance;
using CleanJwt.Infrastructure.Persistence.Setup;
using CleanJwt.Infrastructure.Persistence.Sqlite;
using CleanJwt.Infrastructure.Persistence.SqlServer;
using CleanJwt.Infrastructure.Revocation;
using CleanJwt.Infrastructure.Sessions;
using CleanJwt.Infrastructure.Settings;
using CleanJwt.Infrastructure.Tokens;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption;
using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CleanJwt.Infrastructure;

public static class DependencyInjection
{
    public static IServiceCollection AddInfrastructure(
        this IServiceCollection services, IHostEnvironment environment, IConfiguration configuration)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddDatabase(configuration);
        services.AddIdentityStore();
        services.AddKeys(environment, KeyProtection.LoadCertificate(configuration, environment));
        services.AddTokens(environment);
        services.AddSessions();
        services.AddRevocation();
        services.AddClients();
        return services;
    }

    /// <summary>
    /// Checks the settings, migrates the database if that is to be done at the start, loads the keys and the revocations, and makes the first
    /// administrator if the settings name one.
    /// </summary>
    /// <remarks>The settings are checked before it returns, the rest is done on a thread of the pool: a caller has things of its own to make meanwhile.</remarks>
    /// <exception cref="StartException">Something is not as it must be, with the reason in one line.</exception>
    /// <exception cref="OptionsValidationException">A setting makes no sense.</exception>
    public static Task PrepareAsync(this IServiceProvider services, CancellationToken cancellationToken = default)
    {
        services.CheckSettings();
        return Task.Run(
            async () =>
            {
                await services.GetRequiredService<DatabasePreparation>().PrepareAsync(cancellationToken);
                await services.GetRequiredService<FirstAdmin>().EnsureAsync(cancellationToken);
            },
            cancellationToken);
    }

    /// <summary>Checks the settings and that the database is up to date, for a command that uses it and ends.</summary>
    /// <inheritdoc cref="PrepareAsync"/>
    public static async Task OpenDatabaseAsync(this IServiceProvider services, CancellationToken cancellationToken = default)
    {
        services.CheckSettings();
        await services.GetRequiredService<DatabasePreparation>().OpenAsync(cancellationToken);
    }

    /// <summary>Makes the database and the first keys, or brings them up to date.</summary>
    /// <inheritdoc cref="PrepareAsync"/>
    public static async Task MigrateAsync(this IServiceProvider services, CancellationToken cancellationToken = default)
    {
        services.CheckSettings();
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
        services.CheckSettings();
        return await services.GetRequiredService<DatabasePreparation>().EndAllSessionsAsync(cancellationToken);
    }

    private static void CheckSettings(this IServiceProvider services)
    {
        services.GetRequiredService<IStartupValidator>().Validate();

        // Without its tables .NET leaves text as it is: one address in two spellings would be two accounts, and a password typed elsewhere another.
        if ("e\u0301".Normalize(NormalizationForm.FormC) != "\u00e9")
        {
            throw new StartException("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT is on, or ICU is missing; allowed: off, with ICU installed.");
        }
    }

    private static void AddDatabase(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<DatabaseOptions>(DatabaseOptions.SectionName);
        services.AddSingleton<ConnectionObservers>();
        services.AddSingleton<IInterceptor>(provider => provider.GetRequiredService<ConnectionObservers>());
        services.AddSingleton<DatabasePreparation>();
        services.AddHealthChecks().AddCheck<DatabaseHealth>("database");
        if (configuration[$"{DatabaseOptions.SectionName}:{nameof(DatabaseOptions.Provider)}"] == DatabaseOptions.SqlServer)
        {
            services.AddSqlServer();
        }
        else
        {
            services.AddSqlite();
        }

        services.AddScoped(provider => provider.GetRequiredService<IDbContextFactory<AppDbContext>>().CreateDbContext());
    }

    private static void AddSqlite(this IServiceCollection services)
    {
        services.AddSingleton<SqliteFile>();
        services.AddSingleton<IPollingConnections>(provider => provider.GetRequiredService<SqliteFile>());
        services.AddSingleton<IConnectionObserver, SqlitePragmas>();
        services.AddContexts<SqliteDbContext>((provider, builder) => builder.UseSqlite(provider.GetRequiredService<SqliteFile>().ConnectionString));
        services.AddSingleton<IDatabaseSetup, SqliteSetup>();
        services.AddSingleton<SqliteDatabase>();
        services.AddSingleton<IDatabase>(provider => provider.GetRequiredService<SqliteDatabase>());
        services.AddSingleton<IFrequentReads>(provider => provider.GetRequiredService<SqliteDatabase>());
        services.AddSingleton(RevocationSql.Sqlite);
    }

    private static void AddSqlServer(this IServiceCollection services)
    {
        services.AddSingleton<SqlServerConnection>();
        services.AddSingleton<IPollingConnections>(provider => provider.GetRequiredService<SqlServerConnection>());
        services.AddContexts<SqlServerDbContext>((provider, builder) => builder.UseSqlServer(
            provider.GetRequiredService<SqlServerConnection>().ConnectionString,
            sql => sql.EnableRetryOnFailure(SqlServerDatabase.MaxRetries, SqlServerDatabase.MaxRetryDelay, [DatabaseErrors.SqlServerConstraint])));
        services.AddSingleton<IDatabaseSetup, SqlServerSetup>();
        services.AddSingleton<IDatabase, SqlServerDatabase>();
        services.AddSingleton<IFrequentReads, CompiledReads>();
        services.AddSingleton(RevocationSql.SqlServer);
    }

    private static void AddContexts<T>(this IServiceCollection services, Action<IServiceProvider, DbContextOptionsBuilder> use)
        where T : AppDbContext
    {
        services.AddPooledDbContextFactory<T>((provider, builder) =>
        {
            use(provider, builder);

            // A taken address is an everyday answer. What nobody expected is logged where it is turned into a 500 or 503.
            builder
                .ConfigureWarnings(warnings => warnings.Log(
                    (RelationalEventId.CommandError, LogLevel.Debug), (CoreEventId.SaveChangesFailed, LogLevel.Debug)))
                .AddInterceptors(provider.GetServices<IInterceptor>());
        });
        services.AddSingleton<IDbContextFactory<AppDbContext>, ContextFactory<T>>();
    }

    private static void AddIdentityStore(this IServiceCollection services)
    {
        services.AddSingleton<HashingThreads>();
        services.AddSingleton<IPasswordHasher<AppUser>, Argon2PasswordHasher>();
        services.AddSingleton<ILookupNormalizer, EmailNormalizer>();
        services.AddIdentityCore<AppUser>(IdentitySettings.Apply).AddEntityFrameworkStores<AppDbContext>();
        services.AddSingleton<PasswordHashingService>();
        services.AddSingleton<IHashingQueue>(provider => provider.GetRequiredService<PasswordHashingService>());
        services.AddSingleton<AttemptKeys>();
        services.AddSingleton(new ThrottleLimits());
        services.AddSingleton<PasswordThrottle>();
        services.AddSingleton<IUserRepository, UserRepository>();
        services.AddSingleton<IUserDirectory, UserDirectory>();
        services.AddSingleton<IAccountSecurity, AccountSecurity>();
        services.AddSettings<AdminOptions>(AdminOptions.SectionName);
        services.AddSingleton<IValidateOptions<AdminOptions>, AdminOptionsRule>();
        services.AddSingleton<FirstAdmin>();
    }

    private static void AddKeys(this IServiceCollection services, IHostEnvironment environment, X509Certificate2? certificate)
    {
        // A refresh encrypts and decrypts once each. What is as short as its tokens costs less in one pass than encrypted and authenticated apart, as is the default.
        var dataProtection = services.AddDataProtection()
            .SetApplicationName("CleanJwt")
            .UseCryptographicAlgorithms(new AuthenticatedEncryptorConfiguration { EncryptionAlgorithm = EncryptionAlgorithm.AES_256_GCM });
        if (certificate is null)
        {
            services.AddSingleton(provider => new KeyFolder(Path.Combine(
                provider.GetService<SqliteFile>()?.Folder ?? Path.Combine(environment.ContentRootPath, "data"), "keys")));
            services.AddOptions<KeyManagementOptions>().Configure<KeyFolder, ILoggerFactory>((options, folder, loggers) =>
                options.XmlRepository = new FileSystemXmlRepository(new DirectoryInfo(folder.Path!), loggers));
        }
        else
        {
            services.AddSingleton(new KeyFolder(Path: null));
            dataProtection.PersistKeysToDbContext<AppDbContext>().ProtectKeysWithCertificate(certificate);
        }

        services.AddSingleton<ProtectingKeys>();
        services.AddSingleton<SigningKeyStore>();
        services.AddSingleton<SecretStore>();
        services.AddSingleton<SigningKeyRing>();
        services.AddSingleton<IKeyRing>(provider => provider.GetRequiredService<JwtOptions>().KeyFiles.Count > 0
            ? ActivatorUtilities.CreateInstance<KeyFiles>(provider)
            : ActivatorUtilities.CreateInstance<KeyRingReloader>(provider));
        services.AddHostedService<KeyRotation>();
        services.AddSingleton(provider => new SigningKeyAdministration(
            provider.GetRequiredService<IDatabase>(), provider.GetRequiredService<SigningKeyStore>(),
            provider.GetRequiredService<JwtOptions>(), provider.GetRequiredService<TimeProvider>()));
    }

    private static void AddTokens(this IServiceCollection services, IHostEnvironment environment)
    {
        services.AddSettings<JwtOptions>(JwtOptions.SectionName).PostConfigure(options =>
            options.Issuer ??= environment.IsDevelopment() ? "http://localhost:5080" : null);
        services.AddSingleton<IValidateOptions<JwtOptions>, JwtOptionsRule>();
        services.AddSettings<TokenCacheOptions>(TokenCacheOptions.SectionName);
        services.AddSingleton<TokenCache>();
        services.AddSingleton<IAccessTokenService, JwtAccessTokenService>();
        services.AddSingleton<IIssuerMetadata, IssuerMetadata>();
        services.AddSingleton<IRefreshTokenService, DataProtectedRefreshTokens>();
    }

    private static void AddRevocation(this IServiceCollection services)
    {
        services.AddSettings<RevocationOptions>(RevocationOptions.SectionName);
        services.AddSingleton<IValidateOptions<RevocationOptions>, RevocationOptionsRule>();
        services.AddSingleton<RevocationMetrics>();
        services.AddSingleton(provider => new RevocationList(
            TimeProvider.System, provider.GetRequiredService<RevocationOptions>(), provider.GetRequiredService<RevocationMetrics>()));
        services.AddSingleton<IRevocationList>(provider => provider.GetRequiredService<RevocationList>());
        services.AddSingleton<IRevocationSource>(provider => new RevocationSource(
            provider.GetRequiredService<IPollingConnections>().OpenForPolling, provider.GetRequiredService<RevocationSql>()));
        services.AddSingleton<RevocationPoller>();
        services.AddHealthChecks().AddCheck<RevocationHealth>("revocation");
    }

    private static void AddClients(this IServiceCollection services)
    {
        services.AddOptions<ClientsOptions>().BindConfiguration("").ValidateOnStart();
        services.AddSingleton<IValidateOptions<ClientsOptions>, ClientsOptionsRule>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<ClientsOptions>>().Value);
    }

    private static void AddSessions(this IServiceCollection services)
    {
        services.AddSettings<SessionOptions>(SessionOptions.SectionName);
        services.AddSettings<StepUpOptions>(StepUpOptions.SectionName);
        services.AddSettings<AuditOptions>(AuditOptions.SectionName);
        services.AddSingleton<IAuditLog, AuditLog>();
        services.AddSingleton<ISessionRepository, SessionRepository>();
        services.AddSingleton<CleanUp>();
        services.AddHostedService(provider => provider.GetRequiredService<CleanUp>());
    }
}
