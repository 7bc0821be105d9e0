using System.Text;
using CleanJwt.Application.Paging;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Accounts;

internal sealed class UserDirectory(IDatabase database) : IUserDirectory
{
    public async Task<Page<ManagedAccount>> ListAsync(
        string? emailPrefix, int limit, PageCursor? after, CancellationToken cancellationToken)
    {
        var found = await database.ReadAsync(
            (db, abandoned) =>
            {
                IQueryable<AppUser> users = db.Context.Users.AsNoTracking();
                if (emailPrefix is not null)
                {
                    // A range instead of LIKE: the rules of LIKE differ between databases, and SQLite would not use the
                    // index for it.
                    var end = EndOfPrefix(emailPrefix);
#pragma warning disable CA1309 // the database compares, and has no StringComparison
                    users = users.Where(user =>
                        string.Compare(user.NormalizedEmail, emailPrefix) >= 0 && string.Compare(
                            user.NormalizedEmail, end) < 0);
#pragma warning restore CA1309
                }

                if (after is not null)
                {
                    // The first condition uses the index, the second one is exact.
                    users = users.Where(user =>
                        user.CreatedAt <= after.At && (user.CreatedAt < after.At || user.Id.CompareTo(after.Id) < 0));
                }

                return users
                    .OrderByDescending(user => user.CreatedAt).ThenByDescending(user => user.Id)
                    .Take(limit + 1)
                    .ToListAsync(abandoned);
            },
            cancellationToken);
        return Page<ManagedAccount>.Of(
            found.ConvertAll(user => user.ToManagedAccount()),
            limit,
            user => new PageCursor(user.Account.CreatedAt, user.Account.Id));
    }

    public Task<ManagedAccount?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        database.ReadAsync((db, abandoned) => FindAsync(db.Context, id, abandoned), cancellationToken);

    public async Task<ManagedAccount?> FindAsync(EmailAddress email, CancellationToken cancellationToken)
    {
        var user = await database.ReadAsync(
            (db, abandoned) => db.Context.Users.AsNoTracking()
                .SingleOrDefaultAsync(user => user.NormalizedEmail == email.Normalized, abandoned),
            cancellationToken);
        return user?.ToManagedAccount();
    }

    internal static async Task<ManagedAccount?> FindAsync(AppDbContext db, Guid id, CancellationToken cancellationToken)
    {
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(user => user.Id == id, cancellationToken);
        return user?.ToManagedAccount();
    }

    /// <returns>The first text, by code points, after all texts that begin with the prefix.</returns>
    private static string EndOfPrefix(string prefix)
    {
        var last = prefix.EnumerateRunes().Last();
        return string.Concat(prefix.AsSpan(0, prefix.Length - last.Utf16SequenceLength), Next(last).ToString());
    }

    // The code points D800 to DFFF are surrogates and stand in no text.
    private static Rune Next(Rune rune) => new(rune.Value == 0xD7FF ? 0xE000 : rune.Value + 1);
}
