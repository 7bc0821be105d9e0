using System.Collections.Concurrent;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanJwt.Infrastructure.IntegrationTests.Accounts;

/// <summary>A start whose settings name an administrator makes one, if there is none yet.</summary>
[OnDatabases]
internal sealed class MakingTheFirstAdmin(DatabaseKind kind)
{
    private const string Email = "admin@example.com";
    private const string Password = "a horse of the operator's choice";

    private readonly TestDatabase _database = new(kind);
    private readonly WarningCollector _warnings = new();

    [TearDown]
    public void Clear() => _database.Dispose();

    [Test]
    public async Task WhereThereIsNone_OneIsMade()
    {
        await using var node = await StartAsync();
        var check = await node.WithUsersAsync(
            users => users.VerifyPasswordAsync(
                EmailAddress.Parse("Admin@Example.com"), ClientNetwork.Unknown, Password, default));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(check.Value.Verified!.Account.Roles, Is.EqualTo(new[] { "admin" }));
            Assert.That(check.Value.Verified!.Account.EmailConfirmed, Is.False, "nobody has proved it");
            Assert.That(check.Value.Verified!.Locked, Is.False);
            Assert.That(
                node.Sql("SELECT CONCAT(Action, ' ', Outcome) FROM AuditEntries WHERE SessionId IS NULL AND IpAddress IS NULL"),
                Is.EqualTo("made-admin-by-operator 1"));
            Assert.That(_warnings.Lines, Is.Empty);
        }
    }

    [Test]
    [Category("Exhaustive")]
    public async Task NextStart_ChangesNothingWhateverItsPassword()
    {
        await (await StartAsync()).DisposeAsync();
        await using var again = await StartAsync("another horse of the operator's choice");
        Assert.That(again.Sql("SELECT COUNT(*) FROM AspNetUsers"), Is.EqualTo(1));
        Assert.That(again.Sql("SELECT COUNT(*) FROM AuditEntries"), Is.EqualTo(1));
        var check = await again.WithUsersAsync(
            users => users.VerifyPasswordAsync(EmailAddress.Parse(Email), ClientNetwork.Unknown, Password, default));
        Assert.That(check.Value.Verified, Is.Not.Null);
        Assert.That(_warnings.Lines, Is.Empty);
    }

    [TestCase(false)]
    [TestCase(true)]
    [Category("Exhaustive")]
    public async Task WhereThereIsAnother_NoneIsMade(bool isLocked)
    {
        await using (var before = await Node.StartAsync(_database))
        {
            await before.Get<IAccountSecurity>().SetRolesAsync(
                await before.AddAccountAsync(), [Roles.Admin], before.Audit(), default);
            before.Sql("UPDATE AspNetUsers SET Locked = @p0", isLocked);
        }

        await using var node = await StartAsync();
        Assert.That(node.Sql("SELECT COUNT(*) FROM AspNetUsers"), Is.EqualTo(1));
        Assert.That(_warnings.Lines, Is.Empty);
    }

    /// <summary>The account that signed up with that address first may be a stranger's.</summary>
    [Test]
    [Category("Exhaustive")]
    public async Task AccountOfThatAddress_IsNotPromotedAndALineSaysSo()
    {
        await using (var before = await Node.StartAsync(_database))
        {
            await before.AddAccountAsync(EmailAddress.Parse("ADMIN@example.com"));
        }

        await using var node = await StartAsync();
        Assert.That(
            node.Sql("SELECT CONCAT(Roles, SecurityVersion, (SELECT COUNT(*) FROM AspNetUsers)) FROM AspNetUsers"),
            Is.EqualTo("11"));
        var check = await node.WithUsersAsync(
            users => users.VerifyPasswordAsync(
                EmailAddress.Parse(Email), ClientNetwork.Unknown, Node.Password, default));
        Assert.That(check.Value.Verified, Is.Not.Null, "its password is its owner's");
        Assert.That(_warnings.Lines, Has.Count.EqualTo(1));
        Assert.That(_warnings.Lines.Single(),
            Does.Contain("Admin:Email").And.Contain("admin add").And.Not.Contain(Password)
                .And.Not.Contain(Node.Password));
    }

    [Test]
    [Category("Load")]
    public async Task ModelThatTakesLongToBuild_IsWaitedFor()
    {
        await (await Node.StartAsync(_database)).DisposeAsync();
        await using var node = await Node.StartAsync(
            _database,
            new() { ["Admin:Email"] = Email, ["Admin:Password"] = Password, ["Database:CommandTimeout"] = "00:00:03" },
            services => services
                .AddSingleton<IInterceptor>(new OfItsOwnModel())
                .Configure<IdentityOptions>(_ => Thread.Sleep(TimeSpan.FromSeconds(4)))); // the model asks for them
        Assert.That(node.Sql("SELECT COUNT(*) FROM AspNetUsers"), Is.EqualTo(1));
    }

    [Test]
    public async Task WithoutTheSettings_NoneIsMade()
    {
        await using var node = await Node.StartAsync(_database);
        Assert.That(node.Sql("SELECT COUNT(*) FROM AspNetUsers"), Is.Zero);
    }

    private Task<Node> StartAsync(string password = Password) => Node.StartAsync(
        _database,
        new() { ["Admin:Email"] = Email, ["Admin:Password"] = password },
        services => services.AddLogging(logging => logging.AddProvider(_warnings)));

    /// <summary>Does nothing. EF Core builds a model for each such, and else has the one of the nodes before.</summary>
    private sealed class OfItsOwnModel : IMaterializationInterceptor;

    /// <summary>Keeps what the service itself warns of.</summary>
    private sealed class WarningCollector : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> Lines => _lines;

        public ILogger CreateLogger(string categoryName) =>
            categoryName.StartsWith("CleanJwt", StringComparison.Ordinal) ? this : NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                _lines.Enqueue(formatter(state, exception));
            }
        }

        public void Dispose()
        {
        }
    }
}
