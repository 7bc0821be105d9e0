namespace CleanJwt.Infrastructure.Keys;

/// <summary>
/// A random secret that all nodes share, encrypted by Data Protection. One row is no secret: it names the application
/// that the others were encrypted for.
/// </summary>
public sealed class SecretRow
{
    public required string Name { get; init; }

    public required byte[] ProtectedValue { get; init; }
}
