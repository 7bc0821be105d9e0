using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CleanJwt.WebApi.Commands;

/// <summary>
/// Creates the certificate of <c>KeyProtection:CertificatePath</c>, unless the file exists. The services can't be
/// composed without the certificate, so the command runs before them.
/// </summary>
internal static class CertificateCommand
{
    private const string PathKey = "KeyProtection:CertificatePath";
    private const string PasswordKey = "KeyProtection:CertificatePassword";

    private const int Succeeded = 0;
    private const int Failed = 1;

    private const int KeySize = 3072;
    private const int PasswordIterations = 100_000;

    public static async Task<int> RunAsync(IConfiguration configuration, IHostEnvironment environment)
    {
        if (configuration[PathKey] is not { Length: > 0 } setting
            || configuration[PasswordKey] is not { Length: > 0 } password)
        {
            var missing = string.IsNullOrEmpty(configuration[PathKey]) ? PathKey : PasswordKey;
            await Console.Error.WriteLineAsync(
                $"{missing} is not set. This command and every node need both {PathKey} and {PasswordKey}.");
            return Failed;
        }

        var path = Path.GetFullPath(setting, environment.ContentRootPath);
        try
        {
            Console.WriteLine(TryWrite(path, NewCertificate(password))
                ? $"Created '{path}'. Keep a copy of it, but not beside the copies of the database."
                : $"'{path}' already exists. The command did not change it.");
            return Succeeded;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"'{path}' ({PathKey}) can't be written: {exception.Message}");
            return Failed;
        }
    }

    private static byte[] NewCertificate(string password)
    {
        using var key = RSA.Create(KeySize);
        var now = DateTimeOffset.UtcNow;
        var request =
            new CertificateRequest("CN=CleanJwt", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

        // The service ignores the period of validity, but tools complain about a certificate that has expired.
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(30));
        var encryption =
            new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, PasswordIterations);
        return certificate.ExportPkcs12(encryption, password);
    }

    // Writes under another name first, so that the file is complete as soon as it exists. Never overwrites a file.
    private static bool TryWrite(string path, byte[] content)
    {
        if (File.Exists(path))
        {
            return false;
        }

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var draft = $"{path}.{Guid.NewGuid():N}";
        using (var stream = new FileStream(draft, options))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(draft, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft); // another process was faster
            return false;
        }
    }
}
