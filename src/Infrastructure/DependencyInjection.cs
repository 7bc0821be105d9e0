using CleanJwt.Infrastructure.Accounts;
using CleanJwt.Infrastructure.Audit;
using CleanJwt.Infrastructure.Keys;
using CleanJwt.Infrastructure.Mail;
using CleanJwt.Infrastructure.Passwords;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Maintenance;
using CleanJwt.Infrastructure.Revocation;
using CleanJwt.Infrastructure.SecondFactors;
using CleanJwt.Infrastructure.Sessions;
using CleanJwt.Infrastructure.Settings;
using CleanJwt.Infrastructure.Tokens;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CleanJwt.Infrastructure;

/// <summary>Registers this layer. Each feature's folder registers its own services.</summary>
public static class DependencyInjection
{
    /// <param name="environment">
    /// In development the service may run without a certificate and with a default issuer.
    /// </param>
    /// <param name="configuration">
    /// Read at once for the database provider and the certificate; everything else is read when it is used.
    /// </param>
    /// <exception cref="StartException">
    /// The certificate of <c>KeyProtection</c> is missing or can't be used.
    /// </exception>
    public static IServiceCollection AddInfrastructure(
        this IServiceCollection services, IHostEnvironment environment, IConfiguration configuration)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<UnknownSettings>();
        services.AddPersistence(configuration);
        services.AddPasswords();
        services.AddAccounts();
        services.AddKeys(environment, configuration);
        services.AddTokens(environment);
        services.AddSessions();
        services.AddSecondFactors();
        services.AddAudit();
        services.AddMaintenance();
        services.AddRevocation();
        services.AddClients();
        services.AddMail(environment);
        return services;
    }
}
