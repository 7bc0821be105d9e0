using System.Security.Cryptography.X509Certificates;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Sqlite;
using CleanJwt.Infrastructure.Tokens;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption;
using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CleanJwt.Infrastructure.Keys;

/// <summary>
/// Registers the signing keys, and the Data Protection keys that encrypt the secrets in the database.
/// </summary>
internal static class KeyServices
{
    public static void AddKeys(
        this IServiceCollection services, IHostEnvironment environment, IConfiguration configuration)
    {
        services.AddSingleton(KeyProtection.SettingsKeys);
        services.AddKeyProtection(environment, KeyProtection.LoadCertificate(configuration, environment));
        services.AddSingleton<DataProtectionKeys>();
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

    private static void AddKeyProtection(
        this IServiceCollection services, IHostEnvironment environment, X509Certificate2? certificate)
    {
        // A refresh decrypts one token and encrypts one. For texts this short, AES-GCM in one pass is cheaper than the
        // default, which encrypts and authenticates in two.
        var dataProtection = services.AddDataProtection()
            .SetApplicationName("CleanJwt")
            .UseCryptographicAlgorithms(new AuthenticatedEncryptorConfiguration
            {
                EncryptionAlgorithm = EncryptionAlgorithm.AES_256_GCM,
            });
        if (certificate is null)
        {
            var dataFolder = Path.Combine(environment.ContentRootPath, "data");
            services.AddSingleton(provider =>
                new KeyFolder(Path.Combine(provider.GetService<SqliteFile>()?.Folder ?? dataFolder, "keys")));
            services.AddOptions<KeyManagementOptions>().Configure<KeyFolder, ILoggerFactory>(
                (options, folder, loggers) =>
                    options.XmlRepository = new FileSystemXmlRepository(new DirectoryInfo(folder.Path!), loggers));
        }
        else
        {
            services.AddSingleton(new KeyFolder(Path: null));
            dataProtection.PersistKeysToDbContext<AppDbContext>().ProtectKeysWithCertificate(certificate);
        }
    }
}
