using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace CleanJwt.Infrastructure.Keys;

/// <summary>
/// The certificate that encrypts the Data Protection keys in the database. Without a certificate they are files.
/// </summary>
internal static class KeyProtection
{
    private const string PathKey = "KeyProtection:CertificatePath";
    private const string PasswordKey = "KeyProtection:CertificatePassword";
    public static readonly SettingsKeys SettingsKeys = new("KeyProtection", [PathKey, PasswordKey]);

    private const string Allowed =
        $"a PKCS #12 file (.pfx) with an RSA certificate and its private key, which {PasswordKey} opens";

    /// <summary>Reads the certificate that the settings name.</summary>
    /// <remarks>
    /// Data Protection takes the certificate only while services are registered, so this runs before the settings are
    /// checked.
    /// </remarks>
    /// <returns>Null when the settings name none. SQL Server requires one outside development.</returns>
    /// <exception cref="StartException">
    /// The certificate is missing or can't be used. The message never holds the password.
    /// </exception>
    public static X509Certificate2? LoadCertificate(IConfiguration configuration, IHostEnvironment environment)
    {
        if (configuration[PathKey] is not { Length: > 0 } path)
        {
            var provider = configuration[$"{DatabaseOptions.SectionName}:{nameof(DatabaseOptions.Provider)}"];
            return provider == DatabaseOptions.SqlServer && !environment.IsDevelopment()
                ? throw new StartException(
                    $"{PathKey} is not set, and Database:Provider is 'SqlServer'; allowed: {Allowed}.")
                : null;
        }

        try
        {
            var certificate = X509CertificateLoader.LoadPkcs12FromFile(
                Path.GetFullPath(path, environment.ContentRootPath), configuration[PasswordKey]);
            if (certificate.GetRSAPrivateKey() is not null)
            {
                return certificate;
            }

            certificate.Dispose();
        }
        catch (Exception exception) when (
            exception is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            // The StartException below says more than this exception.
        }

        throw new StartException($"{PathKey} is '{path}'; allowed: {Allowed}.");
    }
}
