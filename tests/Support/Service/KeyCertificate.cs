using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CleanJwt;

/// <summary>
/// A certificate for <c>KeyProtection:CertificatePath</c>, whose password is <see cref="TestAccounts.Password"/>.
/// </summary>
internal static class KeyCertificate
{
    /// <returns>Its path.</returns>
    public static string WriteTo(string folder)
    {
        using var rsa = RSA.Create(2048);
        using var certificate = new CertificateRequest(
            "CN=test", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var path = Path.Combine(folder, "service.pfx");
        File.WriteAllBytes(path, certificate.Export(X509ContentType.Pfx, TestAccounts.Password));
        return path;
    }
}
