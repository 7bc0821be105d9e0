using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace CleanJwt.WebApi.RateLimiting;

/// <summary>Who counts as one client: an IPv4 address, or a /64 of IPv6, within which a single machine may take any address it likes.</summary>
internal readonly record struct ClientNetwork(AddressFamily Family, ulong Bits)
{
    private const int BytesOfNetwork = 8;

    public static ClientNetwork Of(IPAddress? address)
    {
        // A request that did not come over IP has no address: all such are one client.
        Span<byte> bytes = stackalloc byte[16];
        (address ?? IPAddress.IPv6None).TryWriteBytes(bytes, out var length);
        return address switch
        {
            { IsIPv4MappedToIPv6: true } => new(AddressFamily.InterNetwork, BinaryPrimitives.ReadUInt32BigEndian(bytes[12..])),
            { AddressFamily: AddressFamily.InterNetwork } => new(AddressFamily.InterNetwork, BinaryPrimitives.ReadUInt32BigEndian(bytes[..length])),
            _ => new(AddressFamily.InterNetworkV6, BinaryPrimitives.ReadUInt64BigEndian(bytes[..BytesOfNetwork])),
        };
    }

    /// <summary>One of a bounded number, the same for a client every time. Which clients share one, nobody can know or choose: hash codes are other ones in every process.</summary>
    public ClientNetwork SharedBy(int number) => new(AddressFamily.Unspecified, (uint)HashCode.Combine(Family, Bits) % (uint)number);
}
