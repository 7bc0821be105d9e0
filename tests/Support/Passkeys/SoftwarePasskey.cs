using System.Formats.Cbor;
using System.Security.Cryptography;

namespace CleanJwt;

/// <summary>A discoverable credential with a new private key.</summary>
internal sealed class SoftwarePasskey(byte[] id, string rpId, byte[] userHandle, CoseAlgorithm algorithm)
{
    private readonly byte[] _privateKey = NewPrivateKey(algorithm);

    public byte[] Id => id;

    public string RpId => rpId;

    public byte[] UserHandle => userHandle;

    public CoseAlgorithm Algorithm => algorithm;

    public uint Counter { get; set; }

    private HashAlgorithmName Hash =>
        algorithm is CoseAlgorithm.ES384 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256;

    public byte[] Sign(byte[] data)
    {
        using var key = PrivateKey();
        return key is RSA rsa
            ? rsa.SignData(data, Hash, RSASignaturePadding.Pkcs1)
            : ((ECDsa)key).SignData(data, Hash, DSASignatureFormat.Rfc3279DerSequence);
    }

    public byte[] SubjectPublicKeyInfo()
    {
        using var key = PrivateKey();
        return key.ExportSubjectPublicKeyInfo();
    }

    /// <summary>The public key in the form of RFC 9053, section 7.1.1, or of RFC 8230, section 4.</summary>
    public byte[] CosePublicKey()
    {
        using var key = PrivateKey();
        var cbor = new CborWriter(CborConformanceMode.Ctap2Canonical);
        if (key is RSA rsa)
        {
            var parameters = rsa.ExportParameters(includePrivateParameters: false);
            cbor.WriteStartMap(4);
            Number(1, 3);
            Number(3, (int)algorithm);
            Bytes(-1, parameters.Modulus!);
            Bytes(-2, parameters.Exponent!);
        }
        else
        {
            var point = ((ECDsa)key).ExportParameters(includePrivateParameters: false).Q;
            cbor.WriteStartMap(5);
            Number(1, 2);
            Number(3, (int)algorithm);
            Number(-1, algorithm is CoseAlgorithm.ES384 ? 2 : 1);
            Bytes(-2, point.X!);
            Bytes(-3, point.Y!);
        }

        cbor.WriteEndMap();
        return cbor.Encode();

        void Number(int label, int value)
        {
            cbor.WriteInt32(label);
            cbor.WriteInt32(value);
        }

        void Bytes(int label, byte[] value)
        {
            cbor.WriteInt32(label);
            cbor.WriteByteString(value);
        }
    }

    private static byte[] NewPrivateKey(CoseAlgorithm algorithm)
    {
        using AsymmetricAlgorithm key = algorithm switch
        {
            CoseAlgorithm.ES256 => ECDsa.Create(ECCurve.NamedCurves.nistP256),
            CoseAlgorithm.ES384 => ECDsa.Create(ECCurve.NamedCurves.nistP384),
            CoseAlgorithm.RS256 => RSA.Create(2048),
        };
        return key.ExportPkcs8PrivateKey();
    }

    private AsymmetricAlgorithm PrivateKey()
    {
        AsymmetricAlgorithm key = algorithm is CoseAlgorithm.RS256 ? RSA.Create() : ECDsa.Create();
        key.ImportPkcs8PrivateKey(_privateKey, out _);
        return key;
    }
}
