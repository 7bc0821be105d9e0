using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Infrastructure.IntegrationTests.Support;

namespace CleanJwt.Infrastructure.IntegrationTests.Passwords;

/// <summary>A sign-in waits for the network of a database server as seldom as it can.</summary>
internal sealed class SignInRoundTrips
{
    private static readonly EmailAddress Email = EmailAddress.Parse("ada@example.com");

    private readonly TestDatabase _database = new(DatabaseKind.Sqlite);
    private CountingDatabase _counter = null!;
    private Node _node = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _node = await Node.StartAsync(_database, configure: services =>
            services.DecorateDatabase(inner => _counter = new CountingDatabase(inner)));
        await _node.AddAccountAsync(Email);
        _counter.Reset();
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _node.DisposeAsync();
        _database.Dispose();
    }

    [Test]
    public async Task RightPassword_TakesTenAtMost()
    {
        var check = await VerifyAsync(Node.Password);
        Assert.That(check.Verified, Is.Not.Null);
        var session = await _node.TryStartSessionAsync(check.AccountId!.Value, check.Verified!.SecurityVersion);
        Assert.That(session, Is.Not.Null);
        Assert.That(_counter.RoundTrips, Is.InRange(5, 10));
        Assert.That(_node.Sql("SELECT COUNT(*) FROM PasswordAttempts"), Is.Zero);
    }

    [Test]
    public async Task WrongPassword_TakesSixAtMost()
    {
        Assert.That((await VerifyAsync("a wrong password")).Verified, Is.Null);
        Assert.That(_counter.RoundTrips, Is.InRange(3, 6));
        Assert.That(_node.Sql("SELECT COUNT(*) FROM PasswordAttempts"), Is.EqualTo(2));
    }

    private async Task<PasswordCheck> VerifyAsync(string password) => (await _node.WithUsersAsync(users =>
        users.VerifyPasswordAsync(Email, ClientNetwork.Unknown, password, default))).Value;
}
