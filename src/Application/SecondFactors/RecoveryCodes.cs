using System.Buffers.Binary;
using System.Security.Cryptography;
using CleanJwt.Domain.Codes;

namespace CleanJwt.Application.SecondFactors;

/// <summary>Makes the codes for an owner whose authenticator app or passkeys are lost.</summary>
internal static class RecoveryCodes
{
    private const int Count = 10;

    /// <returns>Ten random codes of 50 bits, in their normalized form.</returns>
    public static IReadOnlyList<string> Create() => [.. Enumerable.Range(0, Count).Select(_ =>
        TypedCode.Letters(BinaryPrimitives.ReadUInt64BigEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)))))];

    public static IReadOnlyList<string> Format(IEnumerable<string> codes) => [.. codes.Select(TypedCode.Format)];
}
