using CleanJwt.Domain.Passwords;

namespace CleanJwt.Infrastructure.Passwords.Throttle;

/// <summary>The password attempts that are counted under one key. A row does not reveal whose they are.</summary>
public sealed class PasswordAttemptRow
{
    /// <inheritdoc cref="AttemptKey"/>
    public required byte[] Key { get; init; }

    public required PasswordAttempts Attempts { get; init; }

    /// <summary>When the row no longer counts and can be deleted.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>
    /// A random value that each change replaces. It is not a counter: a row that was deleted and inserted again must
    /// not look unchanged.
    /// </summary>
    public required Guid Stamp { get; init; }
}
