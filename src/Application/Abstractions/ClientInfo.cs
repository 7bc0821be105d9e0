namespace CleanJwt.Application.Abstractions;

/// <summary>Where a request came from, as its sender shows itself to the service: good for a list of one's devices, not as proof.</summary>
public sealed record ClientInfo(string? UserAgent, string? IpAddress)
{
    public static readonly ClientInfo Unknown = new(null, null);
}
