using System.Collections.Concurrent;
using CleanJwt.Application.Callers;
using CleanJwt.Domain.Accounts;
using CleanJwt.Infrastructure.Accounts;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Passwords;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CleanJwt.Infrastructure.IntegrationTests.Passwords;

/// <summary>The cost of a refused sign-in, which is the same with and without an account.</summary>
[OnDatabases]
internal sealed class SignInWork(DatabaseKind kind)
{
    private static readonly EmailAddress Known = EmailAddress.Parse("ada@example.com");
    private static readonly EmailAddress Unknown = EmailAddress.Parse("nobody@example.com");

    [Test]
    public async Task UnknownEmail_CostsWhatAWrongPasswordCosts()
    {
        using var database = new TestDatabase(kind);
        var (hasher, commands) = (new RecordingHasher(), new CommandCounter());
        await using var node = await Node.StartAsync(database, configure: services => commands.AddTo(
            services.Replace(ServiceDescriptor.Singleton<IPasswordHasher<AppUser>>(hasher))));
        await node.AddAccountAsync(Known);

        var wrongPassword = await CostOfRefusalAsync(node, Known, hasher, commands);
        var unknownEmail = await CostOfRefusalAsync(node, Unknown, hasher, commands);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(wrongPassword.Verifications, Is.EqualTo(["$argon2id$v=19$m=19456,t=2,p=1"]));
            Assert.That(unknownEmail.Verifications, Is.EqualTo(wrongPassword.Verifications));
            Assert.That(
                wrongPassword.Commands,
                Has.Length.EqualTo(kind == DatabaseKind.Sqlite ? 6 : 2),
                "two that look, two to reserve the try and two to count it, which a server gets as batches");
            Assert.That(unknownEmail.Commands, Is.EqualTo(wrongPassword.Commands));
            Assert.That(hasher.Hashed, Is.EqualTo(1), "passwords hashed anew: only the registration's");
        }
    }

    [Test]
    public async Task AccountWithoutPassword_IsRefusedAtTheSameCost()
    {
        using var database = new TestDatabase(kind);
        var (hasher, commands) = (new RecordingHasher(), new CommandCounter());
        await using var node = await Node.StartAsync(database, configure: services => commands.AddTo(
            services.Replace(ServiceDescriptor.Singleton<IPasswordHasher<AppUser>>(hasher))));
        await node.AddAccountAsync(Known);
        node.Sql("UPDATE AspNetUsers SET PasswordHash = NULL");

        var withoutPassword = await CostOfRefusalAsync(node, Known, hasher, commands);
        Assert.That(withoutPassword.Verifications, Is.EqualTo(["$argon2id$v=19$m=19456,t=2,p=1"]));
    }

    [Test]
    [Category("Exhaustive")]
    public async Task TooManyWrongPasswords_CostNoHashAndNoLookAtTheAccount()
    {
        using var database = new TestDatabase(kind);
        var (hasher, commands) = (new RecordingHasher(), new CommandCounter());
        await using var node = await Node.StartAsync(database, configure: services => commands.AddTo(
            services.Replace(ServiceDescriptor.Singleton<IPasswordHasher<AppUser>>(hasher))));
        await node.AddAccountAsync(Known);
        foreach (var email in new[] { Known, Unknown })
        {
            for (var i = 0; i < 5; i++)
            {
                await CostOfRefusalAsync(node, email, hasher, commands);
            }

            hasher.Verified.Clear();
            commands.Reset();
            var outcome = await node.WithUsersAsync(users =>
                users.VerifyPasswordAsync(email, ClientNetwork.Unknown, Node.Password, CancellationToken.None));
            Assert.That(outcome.Error?.Code, Is.EqualTo("too-many-attempts"));
            Assert.That(hasher.Verified, Is.Empty);
            Assert.That(commands.Commands, Has.Exactly(1).Items.And.All.Contain("PasswordAttempts"));
        }
    }

    private static async Task<(string[] Verifications, string[] Commands)> CostOfRefusalAsync(
        Node node, EmailAddress email, RecordingHasher hasher, CommandCounter commands)
    {
        hasher.Verified.Clear();
        commands.Reset();
        var outcome = await node.WithUsersAsync(
            users => users.VerifyPasswordAsync(
                email, ClientNetwork.Unknown, "a wrong password", CancellationToken.None));
        Assert.That(outcome.Value.Verified, Is.Null);
        return ([.. hasher.Verified], [.. commands.Commands]);
    }

    /// <summary>The real hasher. It records the kind and the parameters of each hash that it verifies.</summary>
    private sealed class RecordingHasher : IPasswordHasher<AppUser>
    {
        private readonly Argon2PasswordHasher _hasher = new();
        private int _hashed;

        public ConcurrentQueue<string> Verified { get; } = new();

        public int Hashed => _hashed;

        public string HashPassword(AppUser user, string password)
        {
            Interlocked.Increment(ref _hashed);
            return _hasher.HashPassword(user, password);
        }

        public PasswordVerificationResult VerifyHashedPassword(
            AppUser user, string hashedPassword, string providedPassword)
        {
            Verified.Enqueue(string.Join('$', hashedPassword.Split('$')[..^2]));
            return _hasher.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}
