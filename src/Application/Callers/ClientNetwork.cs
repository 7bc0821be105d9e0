using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace CleanJwt.Application.Callers;

/// <summary>Who counts as one client: an IPv4 address, or a /64 of IPv6, within which a single machine may take any address it likes.</summary>
/// <param name="Family">Unspecified where no address is known: all such clients are one.</param>
/// <param name="Bits">An IPv4 address, or the first half of an IPv6 one.</param>
public readonly record struct ClientNetwork(AddressFamily Family, ulong Bits)
{
    private const int BytesOfNetwork = 8;

    public static readonly ClientNetwork Unknown = new(AddressFamily.Unspecified, 0);

    public static ClientNetwork Of(IPAddress? address)
    {
        if (address is null)
        {
            return Unknown;
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return address switch
        {
            { IsIPv4MappedToIPv6: true } => new(AddressFamily.InterNetwork, BinaryPrimitives.ReadUInt32BigEndian(bytes[12..])),
            { AddressFamily: AddressFamily.InterNetwork } => new(AddressFamily.InterNetwork, BinaryPrimitives.ReadUInt32BigEndian(bytes[..length])),
            _ => new(AddressFamily.InterNetworkV6, BinaryPrimitives.ReadUInt64BigEndian(bytes[..BytesOfNetwork])),
        };
    }
}
