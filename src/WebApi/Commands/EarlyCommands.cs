using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CleanJwt.WebApi.Commands;

/// <summary>Commands that run before the services are composed: one must be cheap, and without what the other makes they can't be.</summary>
internal static class EarlyCommands
{
    private const string PathKey = "KeyProtection:CertificatePath";
    private const string PasswordKey = "KeyProtection:CertificatePassword";

    private const int Succeeded = 0;
    private const int Failed = 1;

    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Asks the process that listens here whether it is alive, as a container's health check. Not whether it is ready: a replica that waits for its database recovers by itself, and
    /// nobody should start it anew for that. It does not listen before it has been ready once.
    /// </summary>
    public static async Task<int> CheckHealthAsync(IConfiguration configuration)
    {
        var url = LocalUrl(configuration);
        try
        {
            // It is this machine that is asked, whatever name its certificate has.
            using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
            using var client = new HttpClient(handler) { Timeout = HealthTimeout };
            using var response = await client.GetAsync(url);
            if (response.IsSuccessStatusCode)
            {
                return Succeeded;
            }

            await Console.Error.WriteLineAsync($"{url} answered {(int)response.StatusCode}.");
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"{url} did not answer: {exception.Message}");
        }

        return Failed;
    }

    /// <summary>Makes the certificate of <c>KeyProtection:CertificatePath</c>, unless the file is there.</summary>
    public static async Task<int> MakeCertificateAsync(IConfiguration configuration, IHostEnvironment environment)
    {
        if (configuration[PathKey] is not { Length: > 0 } setting || configuration[PasswordKey] is not { Length: > 0 } password)
        {
            var missing = string.IsNullOrEmpty(configuration[PathKey]) ? PathKey : PasswordKey;
            await Console.Error.WriteLineAsync($"{missing} is not set. Both {PathKey} and {PasswordKey} are needed, here and wherever the service runs.");
            return Failed;
        }

        var path = Path.GetFullPath(setting, environment.ContentRootPath);
        try
        {
            var isNew = TryWrite(path, NewCertificate(password));
            Console.WriteLine(isNew ? $"Made '{path}'. Keep a copy of it, apart from those of the database." : $"'{path}' is there already, and was left as it is.");
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
        using var key = RSA.Create(3072);
        var now = DateTimeOffset.UtcNow;
        var request = new CertificateRequest("CN=CleanJwt", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(30)); // nobody looks at its time, but tools complain
        return certificate.ExportPkcs12(new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, iterationCount: 100_000), password);
    }

    // Whole or not at all: written under another name first, and never over what is there.
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
            File.Delete(draft); // another was faster
            return false;
        }
    }

    private static Uri LocalUrl(IConfiguration configuration)
    {
        var address = BindingAddress.Parse(DependencyInjection.Urls(configuration).Split(';', StringSplitOptions.RemoveEmptyEntries)[0]);
        var host = address.Host is "+" or "*" or "0.0.0.0" or "[::]" or "localhost" ? "127.0.0.1" : address.Host;
        return new Uri($"{address.Scheme}://{host}:{address.Port}/health/live");
    }
}
