namespace CleanJwt;

/// <summary>
/// The false parts of an answer by <see cref="SoftwareAuthenticator"/>. The passkey signs what was forged, so that
/// only <see cref="FlippedSignature"/> and <see cref="CredentialId"/> leave a signature that is wrong.
/// </summary>
internal sealed record Forgery
{
    /// <summary>The origin of another page.</summary>
    public string? Origin { get; init; }

    /// <summary>Another RP ID, which the authenticator data have the hash of.</summary>
    public string? RpId { get; init; }

    public bool UserVerified { get; init; } = true;

    public bool UserPresent { get; init; } = true;

    /// <summary>Another challenge, in base64url.</summary>
    public string? Challenge { get; init; }

    /// <summary>The type in the client data: <c>webauthn.create</c> or <c>webauthn.get</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The page is in a frame of a page with another origin.</summary>
    public bool CrossOrigin { get; init; }

    /// <summary>Another signature counter. The counter of the passkey itself does not move.</summary>
    public uint? Counter { get; init; }

    /// <summary>An assertion names this id; a new passkey gets it, although another one may have it.</summary>
    public string? CredentialId { get; init; }

    /// <summary>The algorithm of a new passkey, whatever the service offers. An assertion ignores it.</summary>
    public CoseAlgorithm? Algorithm { get; init; }

    /// <summary>The user handle of an assertion, in base64url.</summary>
    public string? UserHandle { get; init; }

    /// <summary>The id of the passkey that signs an assertion, although the service may allow only others.</summary>
    public string? SignedBy { get; init; }

    /// <summary>The last bit of an assertion's signature is wrong.</summary>
    public bool FlippedSignature { get; init; }
}
