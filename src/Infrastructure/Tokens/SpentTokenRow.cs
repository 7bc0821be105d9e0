namespace CleanJwt.Infrastructure.Tokens;

/// <summary>A token that may be used once, and was.</summary>
public sealed class SpentTokenRow
{
    /// <summary>The random id in the token, or that of its flow.</summary>
    public required Guid Id { get; init; }

    /// <summary>The attempt that used it.</summary>
    public required Guid UseId { get; init; }

    /// <summary>When the token expires by itself, and the row can be deleted.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
