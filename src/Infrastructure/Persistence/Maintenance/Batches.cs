using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Persistence.Maintenance;

/// <summary>Deletes many rows in small transactions, so that no request waits long for one.</summary>
internal static class Batches
{
    public const int Size = 500;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <param name="rows">Selects the rows, in the order of an index.</param>
    /// <returns>The number of rows deleted.</returns>
    public static async Task<int> DeleteAsync<T>(
        this IDatabase database, Func<AppDbContext, IQueryable<T>> rows, CancellationToken cancellationToken)
        where T : class
    {
        var total = 0;
        while (true)
        {
            var deleted = await database.WriteOneAsync(
                (db, abandoned) => rows(db.Context).Take(Size).ExecuteDeleteAsync(abandoned), cancellationToken);
            total += deleted;
            if (deleted < Size)
            {
                return total;
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }
}
