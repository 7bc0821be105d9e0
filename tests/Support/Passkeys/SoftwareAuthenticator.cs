using System.Buffers.Binary;
using System.Buffers.Text;
using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CleanJwt;

/// <summary>
/// A browser with passkeys: it answers the service's options with the JSON that the browser's
/// <c>credential.toJSON()</c> gives. Its user is present and verified, unless a <see cref="Forgery"/> says otherwise.
/// </summary>
/// <remarks>
/// As a browser does, it fails when the RP ID is not the origin's, when it has no passkey that fits, and when it has
/// none of the offered algorithms. It ignores <c>excludeCredentials</c>, so that one authenticator can stand for many
/// devices. It makes one answer at a time; the answers can be sent at once.
/// </remarks>
/// <param name="origin">The page that asks for the passkey, such as <c>https://id.example.com</c>.</param>
internal sealed class SoftwareAuthenticator(string origin)
{
    private static readonly Forgery Honest = new();

    private readonly List<SoftwarePasskey> _passkeys = [];

    [Flags]
    private enum Flags : byte
    {
        None = 0,
        UserPresent = 1,
        UserVerified = 4,
        BackupEligible = 8,
        BackedUp = 16,
        AttestedCredentialData = 64,
    }

    /// <summary>A new passkey gets the first algorithm of the service's list that is also in this one.</summary>
    public IReadOnlyList<CoseAlgorithm> Algorithms { get; init; } = [CoseAlgorithm.ES256, CoseAlgorithm.RS256];

    /// <summary>
    /// Synced passkeys are backed up, and their counter is always 0. The others are bound to one device and count
    /// from 1.
    /// </summary>
    public bool Synced { get; init; } = true;

    /// <summary>Makes a passkey and keeps it.</summary>
    /// <param name="options">The options that <c>parseCreationOptionsFromJSON</c> takes.</param>
    public JsonObject Register(JsonElement options, Forgery? forgery = null)
    {
        forgery ??= Honest;
        var passkey = new SoftwarePasskey(
            forgery.CredentialId is { } id ? Bytes(id) : RandomNumberGenerator.GetBytes(32),
            RpId(options.GetProperty("rp"), "id"),
            Bytes(options.GetProperty("user").Text("id")),
            forgery.Algorithm ?? Choose(options.GetProperty("pubKeyCredParams")));
        _passkeys.Add(passkey);

        byte[] attested =
            [.. new byte[16], .. BigEndian((ushort)passkey.Id.Length), .. passkey.Id, .. passkey.CosePublicKey()];
        var authenticatorData = AuthenticatorData(passkey, forgery, Flags.AttestedCredentialData, attested);
        return Credential(passkey.Id, new JsonObject
        {
            ["clientDataJSON"] = Text(ClientData("webauthn.create", options, forgery)),
            ["authenticatorData"] = Text(authenticatorData),
            ["transports"] = new JsonArray("internal", "hybrid"),
            ["publicKey"] = Text(passkey.SubjectPublicKeyInfo()),
            ["publicKeyAlgorithm"] = (int)passkey.Algorithm,
            ["attestationObject"] = Text(AttestationObject(authenticatorData)),
        });
    }

    /// <summary>
    /// Signs with the newest passkey of the RP ID. Where <c>allowCredentials</c> names some, it is the newest of them.
    /// </summary>
    /// <param name="options">The options that <c>parseRequestOptionsFromJSON</c> takes.</param>
    public JsonObject Assert(JsonElement options, Forgery? forgery = null)
    {
        forgery ??= Honest;
        var passkey = Find(options, forgery);
        var authenticatorData = AuthenticatorData(passkey, forgery);
        var clientData = ClientData("webauthn.get", options, forgery);
        var signature = passkey.Sign([.. authenticatorData, .. SHA256.HashData(clientData)]);
        if (forgery.FlippedSignature)
        {
            signature[^1] ^= 1;
        }

        return Credential(forgery.CredentialId is { } id ? Bytes(id) : passkey.Id, new JsonObject
        {
            ["clientDataJSON"] = Text(clientData),
            ["authenticatorData"] = Text(authenticatorData),
            ["signature"] = Text(signature),
            ["userHandle"] = forgery.UserHandle ?? Text(passkey.UserHandle),
        });
    }

    private CoseAlgorithm Choose(JsonElement offers) =>
        offers.EnumerateArray().Select(offer => (CoseAlgorithm)offer.GetProperty("alg").GetInt32())
            .First(Algorithms.Contains);

    private SoftwarePasskey Find(JsonElement options, Forgery forgery)
    {
        var rpId = RpId(options, "rpId");
        var allowed = forgery.SignedBy is { } signer ? [signer]
            : options.TryGetProperty("allowCredentials", out var list)
                ? list.EnumerateArray().Select(credential => credential.Text("id")).ToArray() : [];
        return _passkeys.Last(passkey =>
            passkey.RpId == rpId && (allowed.Length is 0 || allowed.Contains(Text(passkey.Id))));
    }

    private string RpId(JsonElement json, string name)
    {
        var host = new Uri(origin).Host;
        var rpId = json.TryGetProperty(name, out var given) ? given.GetString()! : host;
        return rpId == host || host.EndsWith($".{rpId}", StringComparison.Ordinal) ? rpId
            : throw new InvalidOperationException($"A page of {origin} can't use passkeys of {rpId}.");
    }

    private byte[] AuthenticatorData(
        SoftwarePasskey passkey, Forgery forgery, Flags flags = Flags.None, byte[]? attestedCredentialData = null)
    {
        flags |= (forgery.UserPresent ? Flags.UserPresent : Flags.None)
            | (forgery.UserVerified ? Flags.UserVerified : Flags.None)
            | (Synced ? Flags.BackupEligible | Flags.BackedUp : Flags.None);
        var counter = forgery.Counter ?? (Synced ? 0 : ++passkey.Counter);
        return
        [
            .. SHA256.HashData(Encoding.UTF8.GetBytes(forgery.RpId ?? passkey.RpId)),
            (byte)flags,
            .. BigEndian(counter),
            .. attestedCredentialData ?? [],
        ];
    }

    private byte[] ClientData(string type, JsonElement options, Forgery forgery) =>
        JsonSerializer.SerializeToUtf8Bytes(new
        {
            type = forgery.Type ?? type,
            challenge = forgery.Challenge ?? options.Text("challenge"),
            origin = forgery.Origin ?? origin,
            crossOrigin = forgery.CrossOrigin,
        });

    private static byte[] AttestationObject(byte[] authenticatorData)
    {
        var cbor = new CborWriter(CborConformanceMode.Ctap2Canonical);
        cbor.WriteStartMap(3);
        cbor.WriteTextString("fmt");
        cbor.WriteTextString("none");
        cbor.WriteTextString("attStmt");
        cbor.WriteStartMap(0);
        cbor.WriteEndMap();
        cbor.WriteTextString("authData");
        cbor.WriteByteString(authenticatorData);
        cbor.WriteEndMap();
        return cbor.Encode();
    }

    private static JsonObject Credential(byte[] id, JsonObject response) => new()
    {
        ["id"] = Text(id),
        ["rawId"] = Text(id),
        ["type"] = "public-key",
        ["authenticatorAttachment"] = "platform",
        ["clientExtensionResults"] = new JsonObject(),
        ["response"] = response,
    };

    private static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);

    private static byte[] Bytes(string text) => Base64Url.DecodeFromChars(text);

    private static byte[] BigEndian(ushort number)
    {
        var bytes = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, number);
        return bytes;
    }

    private static byte[] BigEndian(uint number)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }
}
