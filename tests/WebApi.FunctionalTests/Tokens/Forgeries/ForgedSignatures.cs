using System.Buffers.Text;
using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using static CleanJwt.WebApi.FunctionalTests.Tokens.Forgeries.Forgery;

namespace CleanJwt.WebApi.FunctionalTests.Tokens.Forgeries;

/// <summary>Tokens whose signature is missing, another one's, or the right numbers in the wrong form.</summary>
internal static class ForgedSignatures
{
    private const string NotVerified = "RFC 7515 5.2";

    // RFC 7518, section 3.4: R and S in 32 bytes each, and nothing else.
    private const string Form = "RFC 7518 3.4";
    private const string Psychic = "CVE-2022-21449; RFC 8725 3.4";
    private const int Half = 32;

    // The order of P-256 (FIPS 186-4, D.1.2.3): for a verifier that reduces it first, another zero.
    private static readonly byte[] Order = Convert.FromHexString(
        "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
    private static readonly byte[] Zero = new byte[Half];
    private static readonly byte[] One = [.. new byte[Half - 1], 1];

    public static IEnumerable<TestCaseData> Rows()
    {
        yield return Row("NoSignature", "RFC 8725 2.1; CVE-2020-28042", (_, token) => Jwt.With(token, 2, _ => ""));
        yield return Row("NoThirdPart", "RFC 7515 7.1", (_, token) => token[..token.LastIndexOf('.')]);
        yield return Row(
            "OtherSignature",
            NotVerified,
            (_, token) => Jwt.With(token, 2, part => (part[0] == 'A' ? 'B' : 'A') + part[1..]));
        yield return Row("SignatureOfAnotherKey", NotVerified, (_, token) => SignedByAnother(token));
        yield return Row("SignatureOfAnotherToken", NotVerified, (key, token) =>
            Jwt.With(token, 2, _ => key.Resign(token, payload: claims => claims["x"] = "y").Split('.')[2]));
        yield return Row(
            "SignatureOfTheClaimsAlone",
            "RFC 8725 3.3",
            (key, token) => Jwt.With(token, 2, _ => key.Sign(token.Split('.')[1]).Split('.')[1]));
        yield return Row("PayloadChanged", NotVerified, (_, token) =>
            Jwt.With(token, 1, _ =>
                Jwt.Encode(Change(Jwt.Payload(token), "scope", "account:read account:write users:read users:write"))));
        yield return Row(
            "HeaderChanged",
            NotVerified,
            (_, token) => Jwt.With(token, 0, _ => Jwt.Encode(Change(Jwt.Header(token), "typ", "application/at+jwt"))));

        // Numbers for which a careless equation holds under every key
        yield return Row("SignatureOfZeros", Psychic, (_, token) => Signature(token, Zero, Zero));
        yield return Row("SignatureOfZeroAndOne", Psychic, (_, token) => Signature(token, Zero, One));
        yield return Row("SignatureOfOneAndZero", Psychic, (_, token) => Signature(token, One, Zero));
        yield return Row("SignatureOfOnes", Psychic, (_, token) => Signature(token, One, One));
        yield return Row("SignatureOfTheOrder", Psychic, (_, token) => Signature(token, Order, Order));
        yield return Row("SignatureOfZeroAndTheOrder", Psychic, (_, token) => Signature(token, Zero, Order));
        yield return Row("SignatureOfTheOrderAndZero", Psychic, (_, token) => Signature(token, Order, Zero));
        yield return Row("SignatureOfTheOrderAndOne", Psychic, (_, token) => Signature(token, Order, One));
        yield return Row("SignatureOfOneAndTheOrder", Psychic, (_, token) => Signature(token, One, Order));
        yield return Row("SignatureOfTheLargestNumbers", Psychic, (_, token) => Signature(token, Largest, Largest));
        yield return Row("GoodRAndZero", Psychic, (_, token) => Signature(token, R(token), Zero));
        yield return Row("ZeroAndGoodS", Psychic, (_, token) => Signature(token, Zero, S(token)));
        yield return Row("ZerosInDer", Psychic, (_, token) => Signature(token, Der(Zero, Zero)));
        yield return Row("OneZeroByte", Psychic, (_, token) => Signature(token, [0]));

        // The right numbers, written otherwise
        yield return Row("SignatureInDer", Form, (_, token) => Signature(token, Der(R(token), S(token))));
        yield return Row(
            "SignatureInDerPadded", Form, (_, token) => Signature(token, [.. Der(R(token), S(token)), .. new byte[8]]));
        yield return Row("SAndR", Form, (_, token) => Signature(token, S(token), R(token)));
        yield return Row(
            "LittleEndian", Form, (_, token) => Signature(token, [.. R(token).Reverse()], [.. S(token).Reverse()]));
        yield return Row(
            "NegativeS", Form, (_, token) => Signature(token, R(token), [.. S(token).Select(part => (byte)~part)]));
        yield return Row("ROf33Bytes", Form, (_, token) => Signature(token, [1, .. R(token)], [0, .. S(token)]));
        yield return Row("SPlusTheOrder", Form, (_, token) => Signature(token, [0, .. R(token)], PlusOrder(S(token))));
        yield return Row("LeadingZeros", Form, (_, token) => Signature(token, [0, .. R(token)], [0, .. S(token)]));
        yield return Row(
            "HalvesOf48Bytes",
            Form,
            (_, token) => Signature(token, [.. new byte[16], .. R(token)], [.. new byte[16], .. S(token)]));
        yield return Row("RAlone", Form, (_, token) => Signature(token, R(token)));
        yield return Row("SignatureTruncated", Form, (_, token) => Jwt.With(token, 2, part => part[..^4]));
        yield return Row("SignatureLonger", Form, (_, token) => token + "AAAA");
        yield return Row(
            "SignatureTwice",
            Form,
            (_, token) => Signature(token, [.. R(token), .. S(token)], [.. R(token), .. S(token)]));
        yield return Row("SignatureAfterAZero", Form, (_, token) => Signature(token, [0, .. R(token), .. S(token)]));
        yield return Row(
            "SignatureInHex",
            Form,
            (_, token) => Jwt.With(token, 2, part => Convert.ToHexString(Base64Url.DecodeFromChars(part))));
        yield return Row("SignatureHuge", Form, (_, token) => Signature(token, new byte[4096]));
    }

    private static byte[] Largest => [.. Enumerable.Repeat((byte)0xff, Half)];

    private static string SignedByAnother(string token)
    {
        using var another = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return SignedBy(another, token);
    }

    private static string Signature(string token, params byte[][] halves) =>
        Jwt.With(token, 2, _ => Base64Url.EncodeToString([.. halves.SelectMany(half => half)]));

    private static byte[] R(string token) => Base64Url.DecodeFromChars(token.Split('.')[2])[..Half];

    private static byte[] S(string token) => Base64Url.DecodeFromChars(token.Split('.')[2])[Half..];

    /// <summary>As RFC 3279 has it, and most libraries for other things than JWTs.</summary>
    private static byte[] Der(byte[] r, byte[] s)
    {
        var der = new AsnWriter(AsnEncodingRules.DER);
        using (der.PushSequence())
        {
            der.WriteInteger(new BigInteger(r, isUnsigned: true, isBigEndian: true));
            der.WriteInteger(new BigInteger(s, isUnsigned: true, isBigEndian: true));
        }

        return der.Encode();
    }

    // The same number to a verifier that reduces it.
    private static byte[] PlusOrder(byte[] s)
    {
        var sum = new BigInteger(s, isUnsigned: true, isBigEndian: true) + new BigInteger(
            Order, isUnsigned: true, isBigEndian: true);
        var bytes = sum.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[Half + 1 - bytes.Length], .. bytes];
    }
}
