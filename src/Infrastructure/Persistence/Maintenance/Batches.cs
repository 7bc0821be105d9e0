using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Persistence.Maintenance;

/// <summary>Deletes many rows in transactions so small that nobody waits for one.</summary>
internal static class Batches
{
    public const int Size = 500;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <param name="rows">In an order that an index has.</param>
    /// <returns>How many rows were deleted.</returns>
    public static async Task<int> DeleteAsync<T>(
        this IDatabase database, Func<AppDbContext, IQueryable<T>> rows, CancellationToken cancellationToken)
        where T : class
    {
        var total = 0;
        while (true)
        {
            var deleted = await database.WriteOneAsync((db, abandoned) => rows(db).Take(Size).ExecuteDeleteAsync(abandoned), cancellationToken);
            total += deleted;
            if (deleted < Size)
            {
                return total;
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }
}
