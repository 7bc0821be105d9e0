using CleanJwt.Application.Ports;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.IntegrationTests.Support;

namespace CleanJwt.Infrastructure.IntegrationTests.Persistence;

/// <summary>
/// A rule over several rows is looked at only under its guard row, which makes its transactions serial on every
/// database. On SQLite, whose writers are serial anyway, nothing but the order of the commands shows it.
/// </summary>
[OnDatabases]
internal sealed class GuardedRules(DatabaseKind kind)
{
    private readonly TestDatabase _database = new(kind);
    private readonly CommandCounter _commands = new();
    private Node _node = null!;
    private Guid _account;

    [SetUp]
    public async Task StartAsync()
    {
        _node = await Node.StartAsync(_database, configure: _commands.AddTo);
        _account = await _node.AddAccountAsync();
        _commands.Reset();
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _node.DisposeAsync();
        _database.Dispose();
    }

    [Test]
    public async Task WhateverMayRemoveAnAdministrator_TakesTheGuardFirst()
    {
        var security = _node.Get<IAccountSecurity>();
        foreach (var act in new Func<Task>[]
        {
            () => security.LockAsync(_account, _node.Audit(), default),
            () => security.SetRolesAsync(_account, [], _node.Audit(), default),
            () => security.DeleteAsync(_account, _node.Audit(), default),
        })
        {
            _commands.Reset();
            await act();
            var updates = _commands.Commands.Where(IsUpdate).ToList();
            Assert.That(updates[0], Does.Contain("Guards"));
            Assert.That(updates.Skip(1), Has.Some.Contains("AspNetUsers"));
        }
    }

    [Test]
    public async Task MakingTheFirstAdministrator_LooksAgainUnderTheGuard()
    {
        using var empty = new TestDatabase(kind);
        var settings = new Dictionary<string,
        string?>
        { ["Admin:Email"] = "admin@example.com", ["Admin:Password"] = Node.Password };
        await using var node = await Node.StartAsync(empty, settings, _commands.AddTo);
        var commands = _commands.Commands.SkipWhile(text => !TakesTheGuard(text)).ToList();
        Assert.That(commands, Has.Count.GreaterThanOrEqualTo(4));
        Assert.That(commands[1], Does.Contain("Roles").And.Contain("EXISTS"));
    }

    /// <summary>Rather nothing than a rule that two may break beside each other.</summary>
    [Test]
    public void MissingGuard_StopsWhateverNeedsIt()
    {
        _database.IsSpoilt = true;
        _node.Sql("DELETE FROM Guards");
        Assert.That(
            () => _node.Get<IAccountSecurity>().LockAsync(_account, _node.Audit(), default),
            Throws.InvalidOperationException.With.Message.Contains("'admins'"));
        Assert.That(_node.Sql("SELECT Locked FROM AspNetUsers"), Is.Zero);
    }

    /// <summary>
    /// A sign-in's last step takes the account's row, so that a change of the account is never beside it.
    /// </summary>
    [Test]
    public async Task StartOfASession_TakesTheAccountFirst()
    {
        await _node.StartSessionAsync(_account);
        Assert.That(
            _commands.Commands.First(),
            Does.Contain("UPDATE ").And.Contain("AspNetUsers").And.Contain("SecurityVersion").And.Contain("Locked"));
    }

    [Test]
    [Category("Exhaustive")]
    public async Task EveryChangeOfWhoMaySignIn_IncreasesTheSecurityVersion()
    {
        var security = _node.Get<IAccountSecurity>();
        var changes = new Func<Task>[]
        {
            () => security.TryChangePasswordAsync(_account, 1, Node.Password, Guid.Empty, _node.Audit(), default),
            () => security.SetPasswordAsync(_account, Node.Password, _node.Audit(), default),
            () => security.MakeAdminAsync(_account, Node.Password, _node.Audit(), default),
            () => security.SetRolesAsync(_account, ["admin"], _node.Audit(), default),
            () => security.UnlockAsync(_account, _node.Audit(), default),
        };
        for (var i = 0; i < changes.Length; i++)
        {
            var before = await _node.TryStartSessionAsync(_account, securityVersion: i + 1);
            Assert.That(before, Is.Not.Null);
            await changes[i]();
            Assert.That(_node.Sql("SELECT SecurityVersion FROM AspNetUsers"), Is.EqualTo(i + 2));
            Assert.That(await _node.TryStartSessionAsync(_account, securityVersion: i + 1), Is.Null);
        }
    }

    [Test]
    [Category("Exhaustive")]
    public async Task ActOfASessionThatIsOver_ChangesNothing()
    {
        var ended = await _node.StartSessionAsync(_account);
        await _node.EndSessionAsync(ended.Id);
        var expired = await _node.StartSessionAsync(_account);
        _node.Time.Advance(TimeSpan.FromDays(14));
        foreach (var by in new[] { ended.Id, expired.Id, Guid.NewGuid() })
        {
            var audit = new AuditContext(_node.Time.GetUtcNow(), []) { ActorSessionId = by };
            Assert.That(
                (await _node.Get<IAccountSecurity>().LockAsync(_account, audit, default)).Error,
                Is.EqualTo(AccessTokenErrors.TokenRevoked));
            Assert.That(
                (await _node.Get<IAccountSecurity>().DeleteAsync(_account, audit, default)).Error,
                Is.EqualTo(AccessTokenErrors.TokenRevoked));
            Assert.That(
                (await _node.Get<ISessionRepository>()
                .EndAllAsync(_account, null, SessionEndReason.EndedByAdmin, audit, default)).Error,
                Is.EqualTo(AccessTokenErrors.TokenRevoked));
        }

        Assert.That(_node.Sql("SELECT CONCAT(SecurityVersion, ' ', Locked) FROM AspNetUsers"), Is.EqualTo("1 0"));
    }

    private static bool IsUpdate(string command) => command.Contains("UPDATE ", StringComparison.Ordinal);

    private static bool TakesTheGuard(string command) =>
        IsUpdate(command) && command.Contains("Guards", StringComparison.Ordinal);
}
