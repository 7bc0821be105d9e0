using System.Net;
using System.Net.Sockets;

namespace CleanJwt.Application.Abstractions;

/// <summary>The addresses that count as one client: an IPv4 address, or the /64 of an IPv6 one, within which a client has as many as it likes.</summary>
/// <param name="Prefix">Its first address; empty where none is known.</param>
public sealed record ClientNetwork(string Prefix)
{
    private const int PrefixBytes = 8;

    public static readonly ClientNetwork Unknown = new("");

    public static ClientNetwork Of(IPAddress? address)
    {
        if (address is null)
        {
            return Unknown;
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6 || address.IsIPv4MappedToIPv6)
        {
            return new ClientNetwork(address.MapToIPv4().ToString());
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(PrefixBytes).Clear();
        return new ClientNetwork(new IPAddress(bytes).ToString());
    }
}
