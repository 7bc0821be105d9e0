namespace CleanJwt.Infrastructure.Keys;

/// <summary>A signing key in the database.</summary>
public sealed class SigningKeyRow
{
    /// <summary>
    /// The number of the key. It is unique, so two nodes that create the next key at once store only one.
    /// </summary>
    public required int Sequence { get; init; }

    /// <summary>The key's RFC 7638 thumbprint.</summary>
    public required string KeyId { get; init; }

    /// <summary>The <c>alg</c> of a token's header (RFC 7518, section 3.1).</summary>
    public required string Algorithm { get; init; }

    /// <summary>
    /// The private key in PKCS #8, encrypted by Data Protection. A copy of the database alone signs nothing.
    /// </summary>
    public required byte[] ProtectedPrivateKey { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>
    /// The time from which the key signs. It is published before, so that every reader of tokens knows it by then.
    /// </summary>
    public required DateTimeOffset SignsFrom { get; set; }
}
