using CleanJwt.Domain.Passwords;

namespace CleanJwt.Infrastructure.Passwords.Throttle;

/// <summary>The tries that are counted under one key. Nothing in it tells whose they are.</summary>
public sealed class PasswordAttemptRow
{
    /// <inheritdoc cref="AttemptKey"/>
    public required byte[] Key { get; init; }

    public required PasswordAttempts Tries { get; init; }

    /// <summary>When it can go.</summary>
    public required DateTimeOffset OverAt { get; init; }

    /// <summary>Another one with each change. Random, since a row that went and came again must not be taken for the one that was read.</summary>
    public required Guid Stamp { get; init; }
}
