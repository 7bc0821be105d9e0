namespace CleanJwt;

/// <summary>A signature algorithm of a passkey, by the number that <c>pubKeyCredParams</c> has for it.</summary>
internal enum CoseAlgorithm
{
    ES256 = -7,
    ES384 = -35,
    RS256 = -257,
}
