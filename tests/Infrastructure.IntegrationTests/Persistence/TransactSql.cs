using System.Globalization;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Paging;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Mail;
using CleanJwt.Domain.Passwords;
using CleanJwt.Domain.SecondFactors;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Accounts;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Keys;
using CleanJwt.Infrastructure.Mail;
using CleanJwt.Infrastructure.Passwords.Throttle;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Maintenance;
using CleanJwt.Infrastructure.Persistence.Setup;
using CleanJwt.Infrastructure.Persistence.SqlServer;
using CleanJwt.Infrastructure.Persistence.Statements;
using CleanJwt.Infrastructure.Revocation;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace CleanJwt.Infrastructure.IntegrationTests.Persistence;

/// <summary>
/// All that is sent to SQL Server, read by its own parser as SQL Server 2019 reads it. Runs without a server.
/// </summary>
internal sealed class TransactSql
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly Guid Id = Guid.CreateVersion7(Now);
    private static readonly EmailAddress Email = EmailAddress.Parse("ada@example.com");
    private static readonly PageCursor Somewhere = new(Now, Id);

    private static readonly MailRequest Mail = new()
    {
        Id = Id,
        Kind = MailKinds.NewSignIn,
        At = Now,
        ValidUntil = Now,
        AccountId = Id,
    };

    private static readonly OutboxRow OutboxRow = new()
    {
        Id = Id,
        Kind = Mail.Kind,
        Payload = [],
        CreatedAt = Now,
        NextAt = Now,
        ValidUntil = Now,
    };

    private static readonly SpentToken Spent = new(Id, Id, Now);

    private static readonly Account Account = new(
        Id, Email.Value, EmailConfirmed: true, DisplayName: null, Roles: [], Now, Now, Version: 1);

    private static readonly AuditContext Audit = new(
        Now, [AuditContext.ByOperator(AuditActions.Login, Id, Now).Entries[0]])
    { ActorSessionId = Id, ActorId = Id, Mails = [Mail] };

    /// <summary>As the made-up answers have it, so that a row is there to be changed.</summary>
    private static readonly AttemptKey MadeUp = new(new byte[8], AttemptLimit.PerAccount);

    private static readonly Session Session = new()
    {
        Id = Id,
        AccountId = Id,
        CreatedAt = Now,
        LastSeenAt = Now,
        ExpiresAt = Now,
        AuthTime = Now,
        Scope = ScopeSet.AllowedFor([]),
        Amr = "pwd",
        RotatedAt = Now,
        RotationId = Id,
    };

    private static readonly Passkey Passkey = new()
    {
        Id = Id,
        AccountId = Id,
        CredentialId = [1],
        PublicKey = [1],
        SignCount = 0,
        Name = "Phone",
        CreatedAt = Now,
        Transports = ["internal"],
        IsSynced = true,
        IsBackedUp = true,
        RelyingPartyId = "localhost",
    };

    /// <summary>A password alone, and each second factor.</summary>
    private static readonly ProofUse[] Uses =
    [
        new(SecurityVersion: 1),
        new(SecurityVersion: 1) { Factor = new FactorUse.Totp(1), MfaToken = Spent with { Id = Guid.NewGuid() } },
        new(SecurityVersion: 1) { Factor = new FactorUse.RecoveryCode("CODE") },
        new(SecurityVersion: 1) { Factor = new FactorUse.Passkey(Id, 0, IsBackedUp: true) },
    ];

    /// <summary>
    /// Every method of a port that asks the database, by its name: one more in a port needs one more here.
    /// </summary>
    private static readonly (Type Port, string Method, Func<IServiceProvider, Task> Call)[] Calls =
    [
        Of<IUserRepository>(
            "AddAsync",
            port => port.AddAsync(new NewAccount(Id, Email, "Ada", ["admin"]), Node.Password, Audit, default)),
        Of<IUserRepository>(
            "VerifyPasswordAsync",
            port => port.VerifyPasswordAsync(Email, ClientNetwork.Unknown, Node.Password, default)),
        Of<IUserRepository>("VerifyPasswordAsync", port => port.VerifyPasswordAsync(Id, Node.Password, default)),
        Of<IUserRepository>("AddConfirmedAsync", port => port.AddConfirmedAsync(
            new NewAccount(Id, Email, "Ada", []), "hash", Spent, Session, Audit, default)),
        Of<IUserRepository>("FindStateAsync", port => port.FindStateAsync(Id, default)),
        Of<IUserRepository>("FindStateAsync", port => port.FindStateAsync(Email, default)),
        Of<IUserRepository>("FindAsync", port => port.FindAsync(Id, default)),
        Of<IUserRepository>("UpdateProfileAsync", port => port.UpdateProfileAsync(Id, null, [1, 2], Audit, default)),
        Of<IUserDirectory>("ListAsync", port =>
            Task.WhenAll(port.ListAsync(null, 20, null, default), port.ListAsync("ADA", 20, Somewhere, default))),
        Of<IUserDirectory>("FindAsync", port => port.FindAsync(Id, default)),
        Of<IUserDirectory>("FindAsync", port => port.FindAsync(Email, default)),
        Of<IAccountSecurity>(
            "TryChangePasswordAsync", port => port.TryChangePasswordAsync(Id, 1, Node.Password, Id, Audit, default)),
        Of<IAccountSecurity>("SetPasswordAsync", port => port.SetPasswordAsync(Id, Node.Password, Audit, default)),
        Of<IAccountSecurity>("MakeAdminAsync", port => port.MakeAdminAsync(Id, Node.Password, Audit, default)),
        Of<IAccountSecurity>("TryResetPasswordAsync", port => port.TryResetPasswordAsync(
            new AccountState(Account, 1, Locked: false), Node.Password, Spent, ClientNetwork.Unknown, Audit, default)),
        Of<IAccountSecurity>("ConfirmEmailAsync", port => port.ConfirmEmailAsync(Id, 1, Audit, default)),
        Of<IAccountSecurity>("LockAsync", port => port.LockAsync(Id, Audit, default)),
        Of<IAccountSecurity>("UnlockAsync", port => port.UnlockAsync(Id, Audit, default)),
        Of<IAccountSecurity>("SetRolesAsync", port => port.SetRolesAsync(Id, [], Audit, default)),
        Of<IAccountSecurity>("DeleteAsync", port => port.DeleteAsync(Id, Audit, default)),
        Of<ISessionRepository>("TryStartAsync", port => Task.WhenAll(Uses.Select(
            use => port.TryStartAsync(Session, use, Audit, default)))),
        Of<ISessionRepository>("FindAsync", port => port.FindAsync(Id, default)),
        Of<ISessionRepository>("FindStateAsync", port => port.FindStateAsync(Id, Id, Now, default)),
        Of<ISessionRepository>("RotateAsync", port => port.RotateAsync(Id, _ => Session, default)),
        Of<ISessionRepository>(
            "TryReauthenticateAsync", port => port.TryReauthenticateAsync(Session, Uses[0], Audit, default)),
        Of<ISessionRepository>("ListLiveAsync", port => port.ListLiveAsync(Id, Now, default)),
        Of<ISessionRepository>("EndAsync", port => port.EndAsync(Id, SessionEndReason.Logout, Audit, default)),
        Of<ISessionRepository>(
            "TryEndAsync", port => port.TryEndAsync(Id, Id, SessionEndReason.Logout, Audit, default)),
        Of<ISessionRepository>(
            "EndAllAsync", port => port.EndAllAsync(Id, Id, SessionEndReason.Logout, Audit, default)),
        Of<ISecondFactorRepository>("FindStatusAsync", port => port.FindStatusAsync(Id, default)),
        Of<ISecondFactorRepository>("FindTotpSecretAsync", port => port.FindTotpSecretAsync(Id, default)),
        Of<ISecondFactorRepository>("TryCountAsync", port => port.TryCountAsync(Id, default)),
        Of<ISecondFactorRepository>("AddTotpAsync", port => port.AddTotpAsync(
            new TotpSetup(Id, Id, new byte[Totp.SecretSize], Now), 1, ["CODE"], Audit, default)),
        Of<ISecondFactorRepository>("RemoveTotpAsync", port => port.RemoveTotpAsync(Id, Audit, default)),
        Of<ISecondFactorRepository>(
            "ReplaceRecoveryCodesAsync", port => port.ReplaceRecoveryCodesAsync(Id, ["CODE"], Audit, default)),
        Of<ISecondFactorRepository>("SetRequiredAsync", port => port.SetRequiredAsync(Id, true, Audit, default)),
        Of<ISecondFactorRepository>(
            "ResetAsync", port => port.ResetAsync(Id, SessionEndReason.EndedByAdmin, Audit, default)),
        Of<IPasskeyRepository>("ListAsync", port => port.ListAsync(Id, default)),
        Of<IPasskeyRepository>("FindAsync", port => port.FindAsync([1], default)),
        Of<IPasskeyRepository>("AddAsync", port => port.AddAsync(Passkey, 10, Spent, Audit, default)),
        Of<IPasskeyRepository>("RenameAsync", port => port.RenameAsync(Id, Id, "Phone", Audit, default)),
        Of<IPasskeyRepository>("RemoveAsync", port => port.RemoveAsync(Id, Id, Audit, default)),
        Of<IPasskeyRepository>("ReportCopyAsync", port => port.ReportCopyAsync(Audit, default)),
        Of<IOutbox>("TryAddAsync", port => port.TryAddAsync(Mail, Email, ClientNetwork.Unknown, default)),
        Of<IAuditLog>("AddAsync", port => port.AddAsync(Audit.Entries[0] with { AccountId = null }, default)),
        Of<IAuditLog>(
            "ListAsync",
            port => Task.WhenAll(port.ListAsync(Id, 20, null, default), port.ListAsync(Id, 20, Somewhere, default))),
    ];

    /// <summary>What is no port's, and asks the database all the same.</summary>
    private static readonly (string Name, Func<IServiceProvider, Task> Call)[] Others =
    [
        ("clean-up", services => services.GetRequiredService<CleanUp>().RunAsync(default)),
        ("first administrator", services => services.GetRequiredService<FirstAdmin>().EnsureAsync(default)),
        ("health", services => services.GetRequiredService<DatabaseHealth>().CheckHealthAsync(null!)),
        (
            "keys on schedule",
            services => ChangeKeysAsync(services, (store, db, key) => store.KeepScheduleAsync(db, key, default))),
        ("next key", services => ChangeKeysAsync(services, (store, db, key) => store.RotateAsync(db, key, default))),
        (
            "key of another algorithm",
            services => ChangeKeysAsync(services, (store, db, key) => store.AdoptAlgorithmAsync(db, key, default))),
        ("retired key", services =>
        ChangeKeysAsync(services, (store, db, key) => store.RetireAsync(db, "account:read", key, default))),
        ("secrets", services => services.GetRequiredService<IDatabase>().WriteAsync(
            async (db, _) =>
            {
                await services.GetRequiredService<SecretStore>().ReplaceUnreadableAsync(db.Context, default);
                return true;
            },
            default)),
        (
            "count of password tries",
            services => services.GetRequiredService<PasswordThrottle>().CountRowsAsync(default)),
        ("wrong password", services =>
        services.GetRequiredService<PasswordThrottle>().SettleWrongAsync(Id, [new AttemptRow(MadeUp, Row: null)])),
        ("right password", services =>
        services.GetRequiredService<PasswordThrottle>().SettleRightAsync(Id, [new AttemptRow(MadeUp, Row: null)])),
        ("list of keys", services => services.GetRequiredService<SigningKeyAdministration>().ListAsync()),
        ("end of everything", services => ChangeKeysAsync(services, async (store, db, key) =>
        {
            await store.ReplaceAllAsync(db, key, default);
            await Infrastructure.Sessions.SessionEnding.EndEverythingAsync(new ContextConnection(db), Now, default);
        })),
        ("outbox of the dispatcher", async services =>
        {
            var (store, row) = (services.GetRequiredService<OutboxStore>(), OutboxRow);
            await store.ListDueAsync(Now, 20, default);
            await store.TryClaimAsync(row, Now);
            await store.ReleaseAsync(row, Now);
            await store.PostponeAsync(row, Now, "smtp 451");
            await store.BuryAsync(row, Now, "smtp 550");
            await store.DeleteAsync(row.Id);
            await store.CountAsync(default);
        }),
        ("outbox of the operator", async services =>
        {
            var mail = services.GetRequiredService<MailAdministration>();
            await mail.ListAsync(dead: true);
            await mail.RetryAsync(id: null);
            await mail.RetryAsync(Id);
            await mail.DropAsync(Id);
        }),
        ("code of a mail", services => services.GetRequiredService<MailCodes>().TryCountAsync(
            new Flow(MailKinds.ResetPassword, Id, Email, Now, Now), default)),
        ("polls", services =>
        {
            var source = new RevocationSource(
                services.GetRequiredService<SilentSqlServer>().Connect,
                RevocationSql.SqlServer,
                new RevocationOptions());
            return Task.FromResult(source.CountLive(Now, source.Read(since: null, _ => { })));
        }),
    ];

    [Test]
    public void MigrationScript_IsRead()
    {
        using var db = new SqlServerDesignTimeFactory().CreateDbContext([]);
        var script = db.GetService<IMigrator>().GenerateScript(options: MigrationsSqlGenerationOptions.Idempotent);
        Assert.That(Errors(script), Is.Empty);
        Assert.That(script, Does.Contain("CREATE TABLE [Sessions]").And.Contain("COLLATE Latin1_General_100_BIN2"));
        Assert.That(
            script,
            Does.Contain("UNIQUE CLUSTERED INDEX [IX_PasswordAttempts_Sequence]")
                .And.Contain("[PK_PasswordAttempts] PRIMARY KEY NONCLUSTERED"),
            "random keys would spread the inserts over all pages");
        Assert.That(Errors(SqlServerSetup.UseRowVersions), Is.Empty);
        Assert.That(Errors(SqlServerSetup.CountsNoRows), Is.Empty);
    }

    [Test]
    [Category("Exhaustive")]
    public async Task EveryCommand_IsRead([Values(0, 1)] int rows, [Values] bool bit)
    {
        var server = new SilentSqlServer { Rows = rows, Bit = bit };
        using var host = Compose(server);
        var silent = new List<string>();
        foreach (
            var (name, call) in Calls.Select(call => ($"{call.Port.Name}.{call.Method}", call.Call)).Concat(Others))
        {
            var before = server.Texts.Count;
            try
            {
                await call(host.Services);
            }
            catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
            {
                // Made-up answers need not make sense to it.
                await TestContext.Out.WriteLineAsync($"{name}: {exception.Message}");
            }

            if (server.Texts.Count == before)
            {
                silent.Add(name);
            }
        }

        Assert.That(silent, Is.Empty, "these asked nothing");
        var texts = server.Texts.Distinct().ToList();
        await TestContext.Out.WriteLineAsync($"{texts.Count} different commands");
        Assert.That(texts.SelectMany(text => Errors(text).Select(error => $"{error}\n{text}")), Is.Empty);
        string[] changes = rows == 0
            ? ["INSERT INTO \"PasswordAttempts\""]
            : ["UPDATE \"PasswordAttempts\"", "DELETE FROM \"PasswordAttempts\"", "UPDATE \"Sessions\""];
        Assert.That(
            changes.Where(change => !texts.Any(text => text.StartsWith(change, StringComparison.Ordinal))),
            Is.Empty,
            "these were not seen");
        Assert.That(texts, Has.None.Contain("OPENJSON").And.None.Contain("STRING_"), "what only some servers know");
    }

    [Test]
    public void EveryPortsMethod_IsAmongTheCommands()
    {
        var methods = new[] { typeof(IUserRepository), typeof(IUserDirectory), typeof(IAccountSecurity),
            typeof(ISessionRepository), typeof(ISecondFactorRepository), typeof(IPasskeyRepository), typeof(IOutbox),
            typeof(IAuditLog) }
            .SelectMany(port => port.GetMethods().Select(method => $"{port.Name}.{method.Name}"))
            .Where(method => method != "IUserRepository.HashPasswordAsync"); // it asks nothing
        Assert.That(Calls.Select(call => $"{call.Port.Name}.{call.Method}"), Is.EquivalentTo(methods));
    }

    [Test]
    public void Nonsense_IsNotRead() => Assert.That(Errors("SELECT FROM WHERE; STRFTIME 'now'"), Is.Not.Empty);

    private static (Type, string, Func<IServiceProvider, Task>) Of<T>(string method, Func<T, Task> call)
        where T : notnull => (typeof(T), method, services => call(services.GetRequiredService<T>()));

    private static Task<bool> ChangeKeysAsync(
        IServiceProvider services, Func<SigningKeyStore, AppDbContext, NewSigningKey, Task> change) =>
        services.GetRequiredService<IDatabase>().WriteAsync(
            async (db, _) =>
            {
                await change(
                    services.GetRequiredService<SigningKeyStore>(),
                    db.Context,
                    new NewSigningKey("new", SigningAlgorithms.ES256, [1]));
                return true;
            },
            default);

    private static IHost Compose(SilentSqlServer server)
    {
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { EnvironmentName = Environments.Development });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Database:Provider"] = "SqlServer",
            ["ConnectionStrings:Default"] = "Server=silent;Database=cleanjwt",
            ["Admin:Email"] = Email.Value,
            ["Admin:Password"] = Node.Password,
        });
        builder.Services.AddInfrastructure(builder.Environment, builder.Configuration);
        builder.Services.AddSingleton(server);
        builder.Services.AddSingleton<IInterceptor>(server);
        builder.Services.AddSingleton<DatabaseHealth>();
        var host = builder.Build();
        host.Services.GetRequiredService<AttemptKeys>().Use(new byte[32]);
        return host;
    }

    private static IEnumerable<string> Errors(string sql)
    {
        using var reader = new StringReader(sql);
        new TSql150Parser(initialQuotedIdentifiers: true).Parse(reader, out var errors);
        return errors.Select(
            error => string.Create(CultureInfo.InvariantCulture, $"{error.Line}:{error.Column} {error.Message}"));
    }
}
