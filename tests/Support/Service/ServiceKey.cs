using System.Buffers.Text;
using System.Data.Common;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Data.Sqlite;

namespace CleanJwt;

/// <summary>
/// The service's own signing key, as a thief has it who reads both its database and its key folder. It signs what the
/// service never would, to show that a good signature is not enough.
/// </summary>
internal sealed class ServiceKey : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create();

    public ServiceKey(string databasePath)
        : this(databasePath, DataProtectionOf(Path.Combine(Path.GetDirectoryName(databasePath)!, "keys")))
    {
    }

    /// <exception cref="CryptographicException">The stored key can't be decrypted.</exception>
    public ServiceKey(string databasePath, IDataProtectionProvider dataProtection)
        : this(Open(databasePath), dataProtection)
    {
    }

    /// <param name="connection">An open connection to the service's database, of any kind. This disposes of it.</param>
    /// <exception cref="CryptographicException">The stored key can't be decrypted.</exception>
    public ServiceKey(DbConnection connection, IDataProtectionProvider dataProtection)
    {
        var protector = dataProtection.CreateProtector("CleanJwt.SigningKey.v1");
        using var owned = connection;
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT KeyId, ProtectedPrivateKey FROM SigningKeys";
        using var row = command.ExecuteReader();
        row.Read();
        KeyId = row.GetString(0);
        _key.ImportPkcs8PrivateKey(protector.Unprotect(row.GetFieldValue<byte[]>(1)), out _);
    }

    /// <summary>As the service composes it, over a folder of keys.</summary>
    public static IDataProtectionProvider DataProtectionOf(string keyFolder, X509Certificate2? certificate = null) =>
        DataProtectionProvider.Create(new DirectoryInfo(keyFolder),
        builder =>
        {
            builder.SetApplicationName("CleanJwt");
            if (certificate is not null)
            {
                builder.UnprotectKeysWithAnyCertificate(certificate);
            }
        });

    public string KeyId { get; }

    public ECParameters PrivateParameters => _key.ExportParameters(includePrivateParameters: true);

    public byte[] SubjectPublicKeyInfo => _key.ExportSubjectPublicKeyInfo();

    /// <summary>The token with its header or payload changed and a good signature.</summary>
    public string Resign(string token, Action<JsonObject>? header = null, Action<JsonObject>? payload = null)
    {
        var (changedHeader, changedPayload) = (Jwt.Header(token), Jwt.Payload(token));
        header?.Invoke(changedHeader);
        payload?.Invoke(changedPayload);
        return Sign(changedHeader.ToJsonString(), changedPayload.ToJsonString());
    }

    public string Sign(string header, string payload) => Sign($"{Jwt.Encode(header)}.{Jwt.Encode(payload)}");

    public string Sign(string signedPart) =>
        $"{signedPart}.{Base64Url.EncodeToString(_key.SignData(Encoding.UTF8.GetBytes(signedPart), HashAlgorithmName.SHA256))}";

    public void Dispose() => _key.Dispose();

    private static SqliteConnection Open(string databasePath)
    {
        var connection = new SqliteConnection($"Data Source={databasePath};Pooling=False");
        connection.Open();
        return connection;
    }
}
