namespace CleanJwt.Infrastructure.Keys;

/// <summary>Something random that every node shares, under Data Protection.</summary>
public sealed class SecretRow
{
    public required string Name { get; init; }

    public required byte[] ProtectedValue { get; init; }
}
