using System.Diagnostics;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Benchmarks.Load;

/// <summary>Fills a database of the present build with accounts that have one session each.</summary>
internal static class Seeding
{
    /// <summary>The password of every account.</summary>
    public const string Password = "correct horse battery staple";

    private const int BatchSize = 2_000;

    public static string EmailOf(int number) => $"user{number}@example.com";

    /// <summary>Creates the database or adds to it, and shows the progress.</summary>
    /// <param name="folder">The folder of the database and its keys.</param>
    /// <param name="count">The number of accounts, the present ones included.</param>
    public static async Task RunAsync(string folder, int count)
    {
        await using var service = await ServiceDatabase.OpenAsync(folder);
        int present;
        await using (var db = service.CreateContext())
        {
            present = await db.Users.CountAsync();
        }

        var hash = service.Get<IPasswordHasher<AppUser>>().HashPassword(new AppUser(), Password);
        var progress = new Progress("accounts and sessions", count, present);
        for (var done = present; done < count;)
        {
            var next = Math.Min(count, done + BatchSize);
            await using var db = service.CreateContext();
            db.ChangeTracker.AutoDetectChangesEnabled = false;
            for (; done < next; done++)
            {
                Add(db, done, hash);
            }

            await db.SaveChangesAsync();
            progress.Report(done);
        }

        progress.End();
    }

    private static void Add(DbContext db, int number, string hash)
    {
        var now = DateTimeOffset.UtcNow;
        var email = EmailAddress.Parse(EmailOf(number));
        var account = new NewAccount(Guid.CreateVersion7(now), email, $"User {number}", []);
        db.Add(AppUser.From(account, hash, now));
        db.Add(new Session
        {
            Id = Guid.CreateVersion7(now),
            AccountId = account.Id,
            CreatedAt = now,
            LastSeenAt = now,
            ExpiresAt = now.AddDays(30),
            UserAgent = "seeding",
            IpAddress = "127.0.0.1",
            Scope = ScopeSet.AllowedFor([]),
            AuthTime = now,
            Amr = "pwd",
        });
    }
}

/// <summary>Shows a progress bar at a terminal, or a line every few seconds where the output goes to a file.</summary>
internal sealed class Progress(string what, int total, int present)
{
    private const int Width = 40;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(Console.IsOutputRedirected ? 10 : 0.2);

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private TimeSpan _shown;
    private int _added;

    public void Report(int done)
    {
        _added = done - present;
        if (_watch.Elapsed - _shown > Pause)
        {
            Show();
        }
    }

    public void End()
    {
        Show();
        if (!Console.IsOutputRedirected)
        {
            Console.WriteLine();
        }
    }

    private void Show()
    {
        _shown = _watch.Elapsed;
        var done = present + _added;
        var filled = (int)Math.Min(Width, (long)Width * done / total);
        var rate = _added / Math.Max(_shown.TotalSeconds, 0.001);
        var line = $"[{new string('#', filled)}{new string('.', Width - filled)}] {done:N0} of {total:N0} {what}, "
            + $"{rate:N0}/s, {_shown:hh\\:mm\\:ss}";
        Console.Write(Console.IsOutputRedirected ? line + Environment.NewLine : "\r" + line);
    }
}
