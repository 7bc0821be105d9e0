namespace CleanJwt.Application.Ports;

/// <summary>
/// A sealed token that can be used once, and is used up now. Its row is inserted in the transaction of the act.
/// </summary>
/// <param name="Id">The random id in the token.</param>
/// <param name="UseId">
/// A random id of this attempt. By it, a request whose database connection broke recognizes its own use.
/// </param>
/// <param name="ExpiresAt">When the token expires. Then the row can be deleted.</param>
public sealed record SpentToken(Guid Id, Guid UseId, DateTimeOffset ExpiresAt)
{
    public static SpentToken Of(Guid id, DateTimeOffset expiresAt) => new(id, Guid.NewGuid(), expiresAt);
}
