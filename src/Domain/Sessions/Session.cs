using CleanJwt.Domain.Accounts;

namespace CleanJwt.Domain.Sessions;

/// <summary>
/// One sign-in on one device, and the unit of revocation. It owns one rotating refresh token, identified by its
/// generation.
/// </summary>
public sealed record Session
{
    public const int FirstGeneration = 1;

    /// <summary>
    /// The most live sessions of one account. One more sign-in ends the session that was used longest ago.
    /// </summary>
    public const int MaxLivePerAccount = 100;

    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The time at which the session last got tokens.</summary>
    public required DateTimeOffset LastSeenAt { get; init; }

    /// <summary>The end of the idle or of the absolute lifetime, whichever comes first.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The generation of the one refresh token that is not spent.</summary>
    public int Generation { get; init; } = FirstGeneration;

    /// <summary>The time at which the current generation replaced the previous one.</summary>
    public DateTimeOffset? RotatedAt { get; init; }

    /// <summary>
    /// A random id of the last rotation, chosen before it is tried. By it, a request whose database connection broke
    /// recognizes its own rotation.
    /// </summary>
    public Guid? RotationId { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public SessionEndReason? EndReason { get; init; }

    public string? UserAgent { get; init; }

    public string? IpAddress { get; init; }

    /// <summary>
    /// The scopes that the session had when it last got tokens. A node leaves out the names that it does not know.
    /// </summary>
    public required ScopeSet Scope { get; init; }

    /// <summary>
    /// Whether the sign-in named no scopes. Then each rotation gives the session all that its account may have, scopes
    /// of a newer version included.
    /// </summary>
    public bool HasAllScopes { get; init; }

    /// <summary>The time at which the account's owner last authenticated.</summary>
    public required DateTimeOffset AuthTime { get; init; }

    /// <summary>What that authentication proved.</summary>
    public Acr Acr { get; init; } = Acr.OneFactor;

    /// <summary>The methods of that authentication (RFC 8176), space-separated.</summary>
    public required string Amr { get; init; }

    /// <summary>The passkey by which the session began. The session ends with it.</summary>
    public Guid? PasskeyId { get; init; }

    public bool IsLive(DateTimeOffset now) => EndedAt is null && now < ExpiresAt;

    /// <summary>
    /// Whether the current generation has existed for less than <paramref name="age"/>. False for zero, and for a
    /// generation that began in the future, beyond the skew of clocks.
    /// </summary>
    public bool IsYoungerThan(TimeSpan age, DateTimeOffset now)
    {
        var began = RotatedAt ?? CreatedAt;
        return age > TimeSpan.Zero && now - began < age && !ClockSkew.IsFuture(began, now);
    }

    /// <summary>The scopes that a refresh may grant. A session that named its scopes keeps them.</summary>
    /// <param name="allowed">All that the account may have now.</param>
    public ScopeSet ScopeWithin(ScopeSet allowed) => HasAllScopes ? allowed : Scope;

    /// <summary>Gives the session with its current refresh token spent.</summary>
    /// <param name="allowed">All scopes that the account may have now.</param>
    public Session Rotate(Guid rotationId, DateTimeOffset now, DateTimeOffset expiresAt, ScopeSet allowed) => this with
    {
        Scope = ScopeWithin(allowed),
        Generation = Generation + 1,
        RotationId = rotationId,
        RotatedAt = now,
        LastSeenAt = now,
        ExpiresAt = expiresAt,
    };

    /// <summary>Gives the session after its owner has authenticated again. Its refresh token stays valid.</summary>
    public Session Reauthenticate(Proof proof, DateTimeOffset now, DateTimeOffset expiresAt) => this with
    {
        AuthTime = now,
        Acr = proof.Acr,
        Amr = proof.Amr,
        LastSeenAt = now,
        ExpiresAt = expiresAt,
    };
}
