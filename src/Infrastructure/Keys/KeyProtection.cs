using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace CleanJwt.Infrastructure.Keys;

/// <summary>The certificate that the Data Protection keys are encrypted under, and then kept in the database. Without one they are files beside it.</summary>
internal static class KeyProtection
{
    private const string PathKey = "KeyProtection:CertificatePath";
    private const string PasswordKey = "KeyProtection:CertificatePassword";
    private const string Allowed = $"a PKCS #12 file (.pfx) with an RSA certificate and its private key, which {PasswordKey} opens";

    /// <remarks>Read while the services are composed: Data Protection takes the certificate that decrypts at no later time.</remarks>
    /// <exception cref="StartException">It can't be used. The password is never printed.</exception>
    public static X509Certificate2? LoadCertificate(IConfiguration configuration, IHostEnvironment environment)
    {
        if (configuration[PathKey] is not { Length: > 0 } path)
        {
            return configuration[$"{DatabaseOptions.SectionName}:{nameof(DatabaseOptions.Provider)}"] == DatabaseOptions.SqlServer && !environment.IsDevelopment()
                ? throw new StartException($"{PathKey} is not set, and Database:Provider is 'SqlServer'; allowed: {Allowed}.")
                : null;
        }

        try
        {
            var certificate = X509CertificateLoader.LoadPkcs12FromFile(Path.GetFullPath(path, environment.ContentRootPath), configuration[PasswordKey]);
            if (certificate.GetRSAPrivateKey() is not null)
            {
                return certificate;
            }

            certificate.Dispose();
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Its message says less than the line below.
        }

        throw new StartException($"{PathKey} is '{path}'; allowed: {Allowed}.");
    }
}
