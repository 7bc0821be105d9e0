namespace CleanJwt.Infrastructure.Keys;

/// <summary>A signing key as it is stored.</summary>
public sealed class SigningKeyRow
{
    /// <summary>Counts the keys. Unique, so that two nodes that make the next key at once make one.</summary>
    public required int Sequence { get; init; }

    /// <summary>The key's RFC 7638 thumbprint.</summary>
    public required string KeyId { get; init; }

    /// <summary>As in a token's header (RFC 7518, section 3.1).</summary>
    public required string Algorithm { get; init; }

    /// <summary>PKCS #8, under Data Protection: a copy of the database alone signs nothing.</summary>
    public required byte[] ProtectedPrivateKey { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it takes over from the key before. Until then it is published, so that everybody knows it by then.</summary>
    public required DateTimeOffset SignsFrom { get; set; }
}
