using CleanJwt.Application.Paging;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Accounts;

internal sealed class UserDirectory(IDatabase database) : IUserDirectory
{
    public async Task<Page<ManagedAccount>> ListAsync(string? emailPrefix, int limit, PageCursor? after, CancellationToken cancellationToken)
    {
        var found = await database.ReadAsync(
            (db, abandoned) =>
            {
                IQueryable<AppUser> users = db.Users;
                if (emailPrefix is not null)
                {
                    // A range and not LIKE, whose rules differ between databases and which SQLite answers without the index.
                    var end = EndOfPrefix(emailPrefix);
#pragma warning disable CA1309 // the database compares, and it has no StringComparison
                    users = users.Where(user =>
                        string.Compare(user.NormalizedEmail, emailPrefix) >= 0 && string.Compare(user.NormalizedEmail, end) < 0);
#pragma warning restore CA1309
                }

                if (after is not null)
                {
                    // The first condition is for the index, the second to be exact.
                    users = users.Where(user => user.CreatedAt <= after.At && (user.CreatedAt < after.At || user.Id.CompareTo(after.Id) < 0));
                }

                return Managed(users.OrderByDescending(user => user.CreatedAt).ThenByDescending(user => user.Id).Take(limit + 1)).ToListAsync(abandoned);
            },
            cancellationToken);
        return Page<ManagedAccount>.Of(found, limit, user => new PageCursor(user.Account.CreatedAt, user.Account.Id));
    }

    public Task<ManagedAccount?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        database.ReadAsync((db, abandoned) => FindAsync(db, id, abandoned), cancellationToken);

    public Task<ManagedAccount?> FindAsync(EmailAddress email, CancellationToken cancellationToken) => database.ReadAsync(
        (db, abandoned) => Managed(db.Users.Where(user => user.NormalizedEmail == email.Normalized)).SingleOrDefaultAsync(abandoned), cancellationToken);

    internal static Task<ManagedAccount?> FindAsync(AppDbContext db, Guid id, CancellationToken cancellationToken) =>
        Managed(db.Users.Where(user => user.Id == id)).SingleOrDefaultAsync(cancellationToken);

    private static IQueryable<ManagedAccount> Managed(IQueryable<AppUser> users) => users.AsNoTracking().Select(user => new ManagedAccount(
        new Account(
            user.Id, user.Email!, user.EmailConfirmed, user.DisplayName, AppUser.SplitRoles(user.Roles), user.CreatedAt, user.UpdatedAt, user.Version),
        user.Locked));

    /// <returns>The first text after all that begin like this one, by code points.</returns>
    private static string EndOfPrefix(string prefix)
    {
        var last = prefix.EnumerateRunes().Last();
        return string.Concat(prefix.AsSpan(0, prefix.Length - last.Utf16SequenceLength), Next(last).ToString());
    }

    private static System.Text.Rune Next(System.Text.Rune rune) => new(rune.Value == 0xD7FF ? 0xE000 : rune.Value + 1);
}
