using System.Collections.Concurrent;
using CleanJwt.Infrastructure.Accounts;
using CleanJwt.WebApi.FunctionalTests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Moq;

namespace CleanJwt.WebApi.FunctionalTests.Auth;

/// <summary>Many sign-ins to an account while it changes: those that began before it leave nothing behind.</summary>
[Category("Load")]
internal sealed class SignInStorm : IAsyncDisposable
{
    private const string NewPassword = "another horse battery staple";
    private const int Rounds = 10;
    private const int SignIns = 48; // of the 50 that may be wrong, and of the 100 sessions that an account may have
    private const int AtOnce = 12;

    private readonly CleanJwtApp _app;
    private readonly HttpClient _client;

    public SignInStorm()
    {
        // Hashing would let them through one by one; this way some always wait for the database with their password
        // proved.
        var hasher = new Mock<IPasswordHasher<AppUser>>();
        hasher.Setup(port => port.HashPassword(It.IsAny<AppUser>(), It.IsAny<string>())).Returns(
            (AppUser _, string password) => password);
        hasher.Setup(port => port.VerifyHashedPassword(It.IsAny<AppUser>(), It.IsAny<string>(), It.IsAny<string>()))
            .Returns((AppUser _, string hash, string password) => hash == password ? PasswordVerificationResult.Success
                : PasswordVerificationResult.Failed);
        _app = new CleanJwtApp(TestAccounts.WithAdmin, configure: services =>
        {
            services.Replace(ServiceDescriptor.Singleton(hasher.Object));
            services.AddClientAddress("192.0.2.1");
        });
        _client = _app.CreateClient();
    }

    [Test]
    public Task Lock_LeavesNoSession() => InRoundsAsync("403 account-locked", async (admin, owner) =>
    {
        await (await _client.LockAsync(admin, owner.AccountId)).ShouldBeAsync(204);
        return [];
    });

    [Test]
    public Task PasswordChange_LeavesTheSessionThatDidIt() =>
        InRoundsAsync("401 invalid-credentials", async (_, owner) =>
    {
        await (await _client.DoAsync(
            owner, "PUT /api/users/me/password",
            new { currentPassword = TestAccounts.Password, newPassword = NewPassword }))
            .ShouldBeAsync(204);
        return [owner.SessionId];
    });

    [Test]
    public Task Deletion_LeavesNoSession() => InRoundsAsync("401 invalid-credentials", async (_, owner) =>
    {
        await (await _client.DoAsync(owner, "DELETE /api/users/me")).ShouldBeAsync(204);
        return [];
    });

    [Test]
    public Task RoleChange_LeavesOnlySessionsThatKnowOfIt() => InRoundsAsync(refusal: null, async (admin, owner) =>
    {
        await (await _client.SetRolesAsync(admin, owner.AccountId, "admin")).ShouldBeAsync(200);
        return [];
    });

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <param name="refusal">
    /// Of those that come too late; null where they are let in, and must know of the change.
    /// </param>
    /// <param name="change">Answers the sessions that it spares.</param>
    private async Task InRoundsAsync(string? refusal, Func<TokenPair, TokenPair, Task<string[]>> change)
    {
        var admin = await _client.AdminAsync();
        var overtaken = 0;
        var all = new Tally();
        for (var round = 0; round < Rounds; round++)
        {
            var email = await _client.RegisterAsync();
            var owner = await _client.LoginAsync(email);
            var answers = new Tally();
            var tokens = new ConcurrentBag<TokenPair>();
            var begun = 0;
            var middle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var signIns = Parallel.ForAsync(
                0, SignIns, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) =>
            {
                if (Interlocked.Increment(ref begun) == SignIns / 3)
                {
                    middle.SetResult();
                }

                // Each comes from another network, which has no failed attempts yet.
                var response = await _client.SendAsync(
                    HttpMethod.Post, "/api/auth/login", new { email, password = TestAccounts.Password }, (
                        ClientAddress.Header, $"2001:db8:0:{i}::1"));
                answers.Add(await response.AnswerAsync());
                if (response.IsSuccessStatusCode)
                {
                    tokens.Add(TokenPair.From(await response.JsonAsync()));
                }
            });
            await middle.Task;
            var spared = await change(admin, owner);
            await signIns;

            foreach (var answer in answers.Answers)
            {
                all.Add(answer, answers[answer]);
            }

            Assert.That(
                answers["200"] + (refusal is null ? 0 : answers[refusal]), Is.EqualTo(SignIns), answers.ToString());
            var live = tokens.Where(
                token => _app.Sql("SELECT 1 FROM Sessions WHERE lower(Id) = @p0 AND EndedAt IS NULL",
                    token.SessionId) is 1L).ToList();
            overtaken += refusal is null ? tokens.Count - live.Count : answers[refusal];
            if (refusal is null)
            {
                Assert.That(
                    live.Select(token => Jwt.Payload(token.AccessToken)["roles"]?.ToJsonString()),
                    Is.All.EqualTo("[\"admin\"]"));
            }

            Assert.That(
                _app.Sql(
                    "SELECT COUNT(*) FROM Sessions WHERE AccountId = @p0 AND EndedAt IS NULL",
                    Guid.Parse(owner.AccountId)),
                Is.EqualTo(refusal is null ? live.Count : spared.Length),
                answers.ToString());
            foreach (var token in refusal is null ? tokens.Except(live) : tokens)
            {
                await (await _client.AskAsync(token.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
            }
        }

        TestContext.Out.WriteLine($"{Rounds} times {SignIns} sign-ins beside a change: {all}");
        Assert.That(overtaken, Is.Positive, "the change came after all of them: this test shows nothing");
    }
}
