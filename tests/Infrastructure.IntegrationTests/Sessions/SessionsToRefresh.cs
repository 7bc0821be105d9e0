using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.IntegrationTests.Sessions;

/// <summary>
/// A session as a sign-in writes it, and with its account as a refresh finds it. The one by hand, the other on SQLite
/// too: the same as the model says.
/// </summary>
[OnDatabases]
internal sealed class SessionsToRefresh(DatabaseKind kind)
{
    private static readonly DateTimeOffset AllDigits = new(638_000_000_001_234_567, TimeSpan.Zero);

    private readonly TestDatabase _database = new(kind);
    private Node _node = null!;

    private static IEnumerable<TestCaseData> Changes()
    {
        yield return Row("AsStarted", session => session);
        yield return Row(
            "Rotated", session => session.Rotate(Guid.NewGuid(), AllDigits, AllDigits.AddDays(1), session.Scope));
        yield return Row(
            "Ended", session => session with { EndedAt = AllDigits, EndReason = SessionEndReason.RefreshTokenReused });
        yield return Row("WithAClient", session =>
            session with { UserAgent = "Ünïcode 🙂 '\"", IpAddress = "2001:db8::1" });
        yield return Row("WithoutAClient", session => session with { UserAgent = null, IpAddress = null });
        yield return Row("Narrowed", session => session with { Scope = ScopeSet.ParseKnown(Scopes.AccountRead) });
        yield return Row("WithAllScopes", session => session with { HasAllScopes = true });
        yield return Row("WithoutAKnownScope", session => session with { Scope = ScopeSet.ParseKnown("") });
        yield return Row(
            "Reauthenticated",
            session => session.Reauthenticate(Proof.PasswordAndCode, AllDigits, AllDigits.AddDays(2)));
        yield return Row("ByPasskey", session => session with { Acr = Acr.PhishingResistant, PasskeyId = Guid.NewGuid() });

        static TestCaseData Row(string name, Func<Session, Session> change) =>
            new TestCaseData(change).SetArgDisplayNames(name);
    }

    [SetUp]
    public async Task StartAsync() => _node = await Node.StartAsync(_database);

    [TearDown]
    public async Task StopAsync()
    {
        await _node.DisposeAsync();
        _database.Dispose();
    }

    [TestCaseSource(nameof(Changes))]
    [Category("Exhaustive")]
    public async Task Session_IsWhatTheModelSays(Func<Session, Session> change)
    {
        var accountId = await _node.AddAccountAsync();
        var session = change(new Session
        {
            Id = Guid.CreateVersion7(),
            AccountId = accountId,
            CreatedAt = AllDigits.AddDays(-3),
            LastSeenAt = AllDigits.AddDays(-2),
            ExpiresAt = AllDigits.AddDays(-1),
            AuthTime = AllDigits.AddDays(-4),
            Scope = ScopeSet.AllowedFor([]),
            Amr = "pwd",
        });
        var started = await _node.Get<ISessionRepository>().TryStartAsync(
            session, new ProofUse(SecurityVersion: 1), _node.Audit(), default);
        Assert.That(started.Value, Is.Not.Null);

        var found = await _node.Get<ISessionRepository>().FindAsync(session.Id, default);
        Assert.That(found!.Session, Is.EqualTo(session));
        Assert.That(found.Session,
            Is.EqualTo(await _node.WithDatabaseAsync(
                db => db.Sessions.AsNoTracking().SingleAsync(row => row.Id == session.Id))));
        Assert.That(
            (await _node.Get<ISessionRepository>().RotateAsync(session.Id, _ => null, default))!.Session,
            Is.EqualTo(session),
            "where it is rotated");
        var account = await _node.WithUsersAsync(users => users.FindAsync(accountId, default));
        Assert.That(found.Account with { Roles = account!.Roles }, Is.EqualTo(account));
    }

    [Test]
    public async Task SessionThatIsGone_IsNotFound() =>
        Assert.That(await _node.Get<ISessionRepository>().FindAsync(Guid.CreateVersion7(), default), Is.Null);
}
