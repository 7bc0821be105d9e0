using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace CleanJwt.Application.Callers;

/// <summary>
/// The network that counts as one client: an IPv4 address, or a /64 of IPv6, in which a single machine can use any
/// address.
/// </summary>
/// <param name="Family">Unspecified where no address is known. All such clients count as one.</param>
/// <param name="Bits">An IPv4 address, or the first 64 bits of an IPv6 address.</param>
public readonly record struct ClientNetwork(AddressFamily Family, ulong Bits)
{
    private const int NetworkBytes = 8;

    public static readonly ClientNetwork Unknown = new(AddressFamily.Unspecified, 0);

    public static ClientNetwork Of(IPAddress? address)
    {
        if (address is null)
        {
            return Unknown;
        }

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        Span<byte> bytes = stackalloc byte[16];
        plain.TryWriteBytes(bytes, out var length);
        return plain.AddressFamily == AddressFamily.InterNetwork
            ? new(AddressFamily.InterNetwork, BinaryPrimitives.ReadUInt32BigEndian(bytes[..length]))
            : new(AddressFamily.InterNetworkV6, BinaryPrimitives.ReadUInt64BigEndian(bytes[..NetworkBytes]));
    }
}
