using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Persistence;

/// <summary>
/// A row that every transaction updates first whose rule spans several rows. A second transaction waits for the first,
/// and then sees its changes: on every database, at every isolation level.
/// </summary>
public sealed class GuardRow
{
    /// <summary>Guards the rule that an administrator is left who can sign in.</summary>
    public const string Admins = "admins";

    /// <summary>Guards the signing keys. Nodes see by its version that the keys have changed.</summary>
    public const string SigningKeys = "signing-keys";

    public required string Name { get; init; }

    public int Version { get; init; }

    internal static async Task TakeAsync(AppDbContext db, string name, CancellationToken cancellationToken)
    {
        var rows = await db.Guards
            .Where(guard => guard.Name == name)
            .ExecuteUpdateAsync(
                set => set.SetProperty(guard => guard.Version, guard => guard.Version + 1), cancellationToken);
        if (rows != 1)
        {
            throw new InvalidOperationException($"The guard row '{name}' is missing.");
        }
    }
}
