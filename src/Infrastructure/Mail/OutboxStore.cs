using CleanJwt.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;

namespace CleanJwt.Infrastructure.Mail;

/// <summary>Reads and changes the mails of the outbox, for the dispatchers of all nodes.</summary>
internal sealed class OutboxStore(IDatabase database)
{
    /// <summary>How long a node that takes a mail keeps it. Then another node tries it: this one was killed.</summary>
    public static readonly TimeSpan ClaimTime = TimeSpan.FromMinutes(2);

    // Longer than the longest back-off. A later time was stored before a clock was set back.
    private static readonly TimeSpan MaxWait = TimeSpan.FromHours(2);

    /// <returns>Mails that may be tried now, those that have waited longest first.</returns>
    public Task<List<OutboxRow>> ListDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(
            (db, abandoned) => db.Context.Outbox.AsNoTracking()
                .Where(row => (row.NextAt <= now || row.NextAt > now + MaxWait) && row.DeadAt == null)
                .OrderBy(row => row.NextAt)
                .Take(limit)
                .ToListAsync(abandoned),
            cancellationToken);

    /// <summary>Takes a mail for this node, unless another node was faster.</summary>
    public async Task<bool> TryClaimAsync(OutboxRow row, DateTimeOffset now) =>
        await database.WriteAsync(
            (db, abandoned) => db.Context.Outbox
                .Where(one => one.Id == row.Id && one.Attempts == row.Attempts && one.DeadAt == null)
                .ExecuteUpdateAsync(
                    set => set
                        .SetProperty(one => one.Attempts, one => one.Attempts + 1)
                        .SetProperty(one => one.NextAt, now + ClaimTime),
                    abandoned),
            CancellationToken.None) == 1;

    /// <summary>Gives a mail back that was not tried after all.</summary>
    public Task ReleaseAsync(OutboxRow row, DateTimeOffset now) => ChangeAsync(
        row, set => set.SetProperty(one => one.Attempts, row.Attempts).SetProperty(one => one.NextAt, now));

    /// <summary>Has a mail wait for its next attempt.</summary>
    public Task PostponeAsync(OutboxRow row, DateTimeOffset nextAt, string reason) => ChangeAsync(
        row, set => set.SetProperty(one => one.NextAt, nextAt).SetProperty(one => one.LastError, reason));

    /// <summary>Gives a mail up.</summary>
    public Task BuryAsync(OutboxRow row, DateTimeOffset now, string reason) => ChangeAsync(
        row,
        set => set.SetProperty(one => one.DeadAt, (DateTimeOffset?)now).SetProperty(one => one.LastError, reason));

    public Task DeleteAsync(Guid id) => database.WriteOneAsync(
        (db, abandoned) => db.Context.Outbox.Where(row => row.Id == id).ExecuteDeleteAsync(abandoned),
        CancellationToken.None);

    public Task<OutboxState> CountAsync(CancellationToken cancellationToken) => database.ReadAsync(
        async (db, abandoned) =>
        {
            var waiting = db.Context.Outbox.Where(row => row.DeadAt == null);
            return new OutboxState(
                await waiting.CountAsync(abandoned),
                await waiting.MinAsync(row => (DateTimeOffset?)row.CreatedAt, abandoned),
                await waiting.MinAsync(row => (DateTimeOffset?)row.NextAt, abandoned));
        },
        cancellationToken);

    // A claim of another node, which came after the time of this one, is left alone.
    private Task<int> ChangeAsync(OutboxRow row, Action<UpdateSettersBuilder<OutboxRow>> change) =>
        database.WriteOneAsync(
            (db, abandoned) => db.Context.Outbox
                .Where(one => one.Id == row.Id && one.Attempts == row.Attempts + 1)
                .ExecuteUpdateAsync(change, abandoned),
            CancellationToken.None);
}

/// <summary>The state of the outbox, as of the last look.</summary>
/// <param name="Oldest">When the oldest mail that waits was asked for. Null when none waits.</param>
/// <param name="NextAt">When the next mail is to be tried, or was to be tried. Null when none waits.</param>
internal sealed record OutboxState(int Pending, DateTimeOffset? Oldest, DateTimeOffset? NextAt);
