using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.Infrastructure.IntegrationTests.Accounts;

/// <summary>A database of plain ASP.NET Core Identity that is moved as docs/moving-in.md describes.</summary>
[Category("Exhaustive")]
internal sealed class IdentityImport
{
    private const string Password = "Passw0rd!";

    [TestCase(PasswordHasherCompatibilityMode.IdentityV2)]
    [TestCase(PasswordHasherCompatibilityMode.IdentityV3)]
    public async Task FirstSignIn_RehashesAndLeavesTheAccountAsItWas(PasswordHasherCompatibilityMode mode)
    {
        using var folder = new TemporaryFolder();
        await using var old = await OldApplication.CreateAsync(folder.Path, mode);
        var id = await old.AddAsync("Ada@Example.com");
        await using var node = await Node.StartAsync(folder.Path);
        Import(node, old);
        var before = await FindAsync(node, id);
        Assert.That(Hash(node), Does.Not.StartWith("$argon2id$"));

        Assert.That(await SignInAsync(node, "ada@example.COM", "Passw0rd?"), Is.Null);
        Assert.That(Hash(node), Does.Not.StartWith("$argon2id$"), "a wrong password changes nothing");

        var first = await SignInAsync(node, "ada@example.COM", Password);
        Assert.That(first, Is.Not.Null);
        var rehashed = Hash(node);
        var second = await SignInAsync(node, "ada@example.com", Password);
        Assert.That(second, Is.Not.Null);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(first.Account.Id, Is.EqualTo(id));
            Assert.That(rehashed, Does.StartWith("$argon2id$v=19$m=19456,t=2,p=1$"));
            Assert.That(Hash(node), Is.EqualTo(rehashed), "rehashed once");
            Assert.That((await FindAsync(node, id))!.Version, Is.EqualTo(before!.Version), "the ETag's version");
            Assert.That(second.SecurityVersion, Is.EqualTo(first.SecurityVersion));
            Assert.That(before.Email, Is.EqualTo("Ada@Example.com"));
            Assert.That(before.Roles, Is.Empty);
            Assert.That(await SignInAsync(node, "ada@example.com", "Passw0rd?"), Is.Null);
        }
    }

    [Test]
    public async Task ImportedAccount_HoldsItsAddressAgainstRegistrations()
    {
        using var folder = new TemporaryFolder();
        await using var old = await OldApplication.CreateAsync(folder.Path);
        await old.AddAsync("J\u00FCrgen@Example.com");
        await using var node = await Node.StartAsync(folder.Path);
        Import(node, old);

        var registration = await node.AddAccountAsync(EmailAddress.Parse("j\u00DCRGEN@example.com"));
        Assert.That(registration.Error, Is.EqualTo(AccountErrors.EmailTaken));
    }

    [Test]
    public async Task AccountsThatCannotComeIn_AreSkippedWithTheReason()
    {
        using var folder = new TemporaryFolder();
        await using var old = await OldApplication.CreateAsync(folder.Path);
        await old.AddAsync("ada@example.com");
        await old.AddAsync(null);
        await old.AddAsync("twice@example.com");
        await old.AddAsync("TWICE@example.com");
        await old.AddAsync("here@example.com");
        await old.AddAsync("\"quoted one\"@example.com");
        await old.AddAsync("number@example.com", id: "4711");
        await using var node = await Node.StartAsync(folder.Path);
        await node.AddAccountAsync(EmailAddress.Parse("here@example.com"));

        var said = Import(node, old);

        Assert.That(
            said,
            Is.EqualTo([
                "brought in|1",
                "skipped|twice@example.com|another account has the same email address, and only their owners know whose it is",
                "skipped|TWICE@example.com|another account has the same email address, and only their owners know whose it is",
                "skipped||it has no email address",
                "skipped|\"quoted one\"@example.com|its email address is none that this service accepts",
                "skipped|number@example.com|its id is no UUID",
                "skipped|here@example.com|this database has an account of that address or id already",
            ]).AsCollection.IgnoreCase);
        Assert.That(node.Sql("SELECT count(*) FROM AspNetUsers"), Is.EqualTo(2));
    }

    [Test]
    public async Task ImportedAgain_NothingChanges()
    {
        using var folder = new TemporaryFolder();
        await using var old = await OldApplication.CreateAsync(folder.Path);
        await old.AddAsync("ada@example.com");
        await using var node = await Node.StartAsync(folder.Path);
        Import(node, old);
        await SignInAsync(node, "ada@example.com", Password);
        var hash = Hash(node);

        Assert.That(Import(node, old)[0], Is.EqualTo("brought in|0"));
        Assert.That(Hash(node), Is.EqualTo(hash));
    }

    [TestCase(null, true, false, TestName = "not locked out")]
    [TestCase(5, true, false, TestName = "locked out for minutes by wrong passwords")]
    [TestCase(int.MaxValue, true, true, TestName = "locked out for ever by somebody")]
    [TestCase(60 * 24 * 365, true, true, TestName = "locked out for a year")]
    [TestCase(-60 * 24 * 365, true, false, TestName = "locked out a year ago")]
    [TestCase(int.MaxValue, false, false, TestName = "lockout that is not in force")]
    public async Task Lockout_ComesInWhenSomebodyMeantIt(int? minutes, bool enabled, bool locked)
    {
        using var folder = new TemporaryFolder();
        await using var old = await OldApplication.CreateAsync(folder.Path);
        DateTimeOffset? end = minutes switch
        {
            null => null,
            int.MaxValue => DateTimeOffset.MaxValue,
            { } number => DateTimeOffset.UtcNow.AddMinutes(number),
        };
        await old.AddAsync(
            "ada@example.com", configure: user => (user.LockoutEnd, user.LockoutEnabled) = (end, enabled));
        await using var node = await Node.StartAsync(folder.Path);
        Import(node, old);

        var verified = await SignInAsync(node, "ada@example.com", Password);
        Assert.That(verified, Is.Not.Null);
        Assert.That(verified.Locked, Is.EqualTo(locked));
    }

    [Test]
    public async Task AccountWithoutPassword_ComesInAndCannotSignIn()
    {
        using var folder = new TemporaryFolder();
        await using var old = await OldApplication.CreateAsync(folder.Path);
        var id = await old.AddAsync("ada@example.com", configure: user => user.PasswordHash = null);
        await using var node = await Node.StartAsync(folder.Path);
        Import(node, old);

        Assert.That(await FindAsync(node, id), Is.Not.Null);
        Assert.That(await SignInAsync(node, "ada@example.com", Password), Is.Null);
    }

    [Test]
    public async Task SecondFactor_IsNotSaidToBeThereWithoutItsKeys()
    {
        using var folder = new TemporaryFolder();
        await using var old = await OldApplication.CreateAsync(folder.Path);
        await old.AddAsync("ada@example.com", configure: user => user.TwoFactorEnabled = true);
        await using var node = await Node.StartAsync(folder.Path);
        Import(node, old);

        Assert.That(node.Sql("SELECT TwoFactorEnabled FROM AspNetUsers"), Is.Zero);
    }

    private static async Task<AccountState?> SignInAsync(Node node, string email, string password)
    {
        var check = await node.WithUsersAsync(users =>
            users.VerifyPasswordAsync(
                EmailAddress.Parse(email), ClientNetwork.Unknown, password, CancellationToken.None));
        return check.Value.Verified;
    }

    private static Task<Account?> FindAsync(Node node, Guid id) =>
        node.WithUsersAsync(users => users.FindAsync(id, CancellationToken.None));

    private static string? Hash(Node node) => node.Sql("SELECT PasswordHash FROM AspNetUsers") as string;

    /// <returns>The script's output, one line for each row: its columns without the ids.</returns>
    private static List<string> Import(Node node, OldApplication old)
    {
        using var connection = new SqliteConnection($"Data Source={node.DatabasePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = File.ReadAllText(
            Path.Combine(TestContext.CurrentContext.TestDirectory, "import-identity.sqlite.sql"));
        command.Parameters.AddWithValue("@old", old.DatabasePath);
        using var reader = command.ExecuteReader();
        var said = new List<string>();
        do
        {
            while (reader.Read())
            {
                said.Add(string.Join(
                    '|', Enumerable.Range(0, reader.FieldCount).Where(i => reader.GetName(i) != "Id")
                        .Select(reader.GetValue)));
            }
        }
        while (reader.NextResult());
        return said;
    }

    /// <summary>An application that uses ASP.NET Core Identity as its template sets it up.</summary>
    private sealed class OldApplication : IAsyncDisposable
    {
        private readonly ServiceProvider _services;

        private OldApplication(string databasePath, PasswordHasherCompatibilityMode mode)
        {
            DatabasePath = databasePath;
            var services = new ServiceCollection();
            services.AddLogging();
            services.AddDbContext<OldDatabase>(
                options => options.UseSqlite($"Data Source={databasePath};Pooling=False"));
            services.AddIdentityCore<IdentityUser>().AddEntityFrameworkStores<OldDatabase>();
            services.Configure<PasswordHasherOptions>(options => options.CompatibilityMode = mode);
            _services = services.BuildServiceProvider();
        }

        public string DatabasePath { get; }

        public static async Task<OldApplication> CreateAsync(
            string folder, PasswordHasherCompatibilityMode mode = PasswordHasherCompatibilityMode.IdentityV3)
        {
            var application = new OldApplication(Path.Combine(folder, "old.db"), mode);
            await using var scope = application._services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<OldDatabase>().Database.EnsureCreatedAsync();
            return application;
        }

        /// <returns>The id of the new account. Null when the account got an id that is no UUID.</returns>
        public async Task<Guid> AddAsync(string? email, string? id = null, Action<IdentityUser>? configure = null)
        {
            await using var scope = _services.CreateAsyncScope();
            var users = scope.ServiceProvider.GetRequiredService<UserManager<IdentityUser>>();
            var user = new IdentityUser { UserName = $"user{Guid.NewGuid():N}", Email = email };
            user.Id = id ?? user.Id;
            Assert.That((await users.CreateAsync(user, Password)).Succeeded);
            configure?.Invoke(user);
            Assert.That((await users.UpdateAsync(user)).Succeeded);
            return Guid.TryParse(user.Id, out var guid) ? guid : Guid.Empty;
        }

        public ValueTask DisposeAsync() => _services.DisposeAsync();
    }

    private sealed class OldDatabase(DbContextOptions<OldDatabase> options) : IdentityDbContext<IdentityUser>(options);
}
