using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Tokens.Forgeries;

/// <summary>The tools of a forger, who has a good token, and for most rows even the service's own key.</summary>
internal static class Forgery
{
    /// <summary>The members of a good header, but for its key.</summary>
    public const string Header = "\"alg\":\"ES256\",\"typ\":\"at+jwt\"";

    /// <param name="forge">Makes the token from the service's key and a token that the service has issued.</param>
    public static TestCaseData Row(string name, string source, Func<ServiceKey, string, string> forge) =>
        Attack.Row(name, source, forge, source);

    public static string HeaderOf(ServiceKey key) => $"{{{Header},\"kid\":\"{key.KeyId}\"}}";

    /// <summary>The token under another header, with a good signature.</summary>
    public static string Signed(ServiceKey key, string header, string token) =>
        key.Sign($"{Jwt.Encode(header)}.{token.Split('.')[1]}");

    /// <summary>The token with the text of its payload changed, and a good signature.</summary>
    public static string Payload(ServiceKey key, string token, Func<string, string> change) =>
        key.Sign($"{token.Split('.')[0]}.{Jwt.Encode(change(Jwt.Payload(token).ToJsonString()))}");

    /// <summary>The JSON of a part with one member changed, encoded as little as JSON allows.</summary>
    public static string Change(JsonObject part, string name, string value)
    {
        part[name] = value;
        return part.ToJsonString(new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <summary>The header and the payload of a token under the signature of another key.</summary>
    public static string SignedBy(ECDsa key, string token) =>
        With(token, signed => key.SignData(signed, HashAlgorithmName.SHA256));

    /// <summary>The header and the payload of a token under a signature that is made of them.</summary>
    public static string With(string token, Func<byte[], byte[]> sign)
    {
        var signed = token[..token.LastIndexOf('.')];
        return $"{signed}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(signed)))}";
    }
}
