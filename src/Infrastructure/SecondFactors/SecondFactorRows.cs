namespace CleanJwt.Infrastructure.SecondFactors;

/// <summary>The authenticator app of an account.</summary>
public sealed class TotpRow
{
    public required Guid AccountId { get; init; }

    /// <summary>The secret, encrypted for this account alone.</summary>
    public required byte[] ProtectedSecret { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The step of the last code that was used (RFC 6238). Only a later one counts.</summary>
    public required long LastStep { get; init; }

    /// <summary>Null until a sign-in has used it.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }
}

/// <summary>A recovery code that was not used yet.</summary>
public sealed class RecoveryCodeRow
{
    public required Guid AccountId { get; init; }

    /// <inheritdoc cref="RecoveryCodeMacs"/>
    public required byte[] Mac { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A passkey of an account.</summary>
public sealed class PasskeyRow
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    /// <summary>The SHA-256 of the credential id, by which it is found.</summary>
    public required byte[] CredentialHash { get; init; }

    public required byte[] CredentialId { get; init; }

    /// <summary>The public key in the form of COSE (RFC 9052).</summary>
    public required byte[] PublicKey { get; init; }

    public required long SignCount { get; init; }

    public required string Name { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>Space-separated.</summary>
    public required string Transports { get; init; }

    public required bool IsSynced { get; init; }

    public required bool IsBackedUp { get; init; }

    public required string RelyingPartyId { get; init; }
}
