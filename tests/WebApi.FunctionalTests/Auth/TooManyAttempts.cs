using CleanJwt.WebApi.FunctionalTests.Support;
using static CleanJwt.PasswordAttemptRequests;

namespace CleanJwt.WebApi.FunctionalTests.Auth;

/// <summary>
/// Wrong passwords are told to be wrong so many times, and then none is looked at for a while: right or wrong, account
/// or not.
/// </summary>
[OnDatabases]
internal sealed class TooManyAttempts : IAsyncDisposable
{
    private const string Right = TestAccounts.Password;
    private const string Here = "192.0.2.1";
    private const string Elsewhere = "198.51.100.7";

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly CleanJwtApp _app;
    private readonly HttpClient _client;
    private readonly DatabaseKind _kind;

    public TooManyAttempts(DatabaseKind kind)
    {
        _kind = kind;
        _app = new CleanJwtApp(
            new([.. TestAccounts.WithAdmin, new("RateLimiting:Enabled", "false")]), configure: services =>
                services.AddClientAddress(Here), kind: kind);
        _client = _app.CreateClient();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Test]
    public async Task FiveWrongPasswords_ArePutOffForFiveMinutes([Values] bool known)
    {
        var email = await EmailAsync(known);
        await _client.FailFromAsync(Here, email, 5);
        await (await _client.TryLoginFromAsync(Here, email)).ShouldBePutOffAsync(300);
        await (await _client.TryLoginFromAsync(Here, email, Right)).ShouldBePutOffAsync(300);

        _app.Time.Advance(TimeSpan.FromMinutes(5) - Second);
        await (await _client.TryLoginFromAsync(Here, email, Right)).ShouldBePutOffAsync(1);
        _app.Time.Advance(Second);
        await (await _client.TryLoginFromAsync(Here, email, Right)).ShouldBeAsync(known ? 200 : 401);
    }

    [Test]
    public async Task UnknownEmail_IsPutOffLikeAKnownOne()
    {
        var answers = new List<string>();
        foreach (var known in new[] { true, false })
        {
            var email = await EmailAsync(known);
            for (var i = 0; i < 7; i++)
            {
                var response = await _client.TryLoginFromAsync(Here, email, i < 6 ? Wrong : Right);
                var body = System.Text.Json.Nodes.JsonNode.Parse(
                    await response.Content.ReadAsStringAsync())!.AsObject();
                body.Remove("traceId");
                answers.Add($"{i} {(int)response.StatusCode} {response.Headers.RetryAfter} {body.ToJsonString()}");
            }
        }

        Assert.That(answers.Skip(7), Is.EqualTo(answers.Take(7)));
    }

    [TestCase(-1, 429)]
    [TestCase(0, 401)]
    [Category("Exhaustive")]
    public async Task WrongPasswords_CountForFifteenMinutes(int seconds, int status)
    {
        var email = await _app.RegisterAsync();
        await _client.FailFromAsync(Here, email, 4);
        _app.Time.Advance(TimeSpan.FromMinutes(15) + (seconds * Second));
        await _client.FailFromAsync(Here, email, 1);
        await (await _client.TryLoginFromAsync(Here, email)).ShouldBeAsync(status);
    }

    [Test]
    [Category("Exhaustive")]
    public async Task AfterThePause_OneMoreWrongPasswordBeginsTheNextWhileTheOthersCount()
    {
        var email = await _app.RegisterAsync();
        await _client.FailFromAsync(Here, email, 5);
        _app.Time.Advance(TimeSpan.FromMinutes(5));
        await _client.FailFromAsync(Here, email, 1);
        await (await _client.TryLoginFromAsync(Here, email, Right)).ShouldBePutOffAsync(300);
        _app.Time.Advance(TimeSpan.FromMinutes(15));
        await _client.FailFromAsync(Here, email, 5);
    }

    [TestCase("192.0.2.1", "192.0.2.1", true)]
    [TestCase("192.0.2.1", "192.0.2.2", false)]
    [TestCase("192.0.2.1", "::ffff:192.0.2.1", true)]
    [TestCase("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff", true)]
    [TestCase("2001:db8:0:1::1", "2001:db8:0:2::1", false)]
    [TestCase("2001:db8:0:1::1", "192.0.2.1", false)]
    [Category("Exhaustive")]
    public async Task Networks_AreCountedEachForItself(string one, string other, bool same)
    {
        var email = await _app.RegisterAsync();
        await _client.FailFromAsync(one, email, 5);
        await (await _client.TryLoginFromAsync(one, email, Right)).ShouldBePutOffAsync(300);
        await (await _client.TryLoginFromAsync(other, email, Right)).ShouldBeAsync(same ? 429 : 200);
    }

    [Test]
    public async Task Emails_AreCountedEachForItselfWhateverTheirSpelling()
    {
        var (email, other) = (await _app.RegisterAsync(), await _app.RegisterAsync());
        await _client.FailFromAsync(Here, email, 2);
        await _client.FailFromAsync(Here, $" {email.ToUpperInvariant()} ", 3);
        await (await _client.TryLoginFromAsync(Here, email, Right)).ShouldBePutOffAsync(300);
        await (await _client.TryLoginFromAsync(Here, other, Right)).ShouldBeAsync(200);
    }

    [Test]
    [Category("Exhaustive")]
    public async Task RightPassword_ClearsTheCountOfItsNetworkAlone()
    {
        var email = await _app.RegisterAsync();
        await _client.FailFromAsync(Here, email, 4);
        await _client.FailFromAsync(Elsewhere, email, 4);
        await (await _client.TryLoginFromAsync(Here, email, Right)).ShouldBeAsync(200);

        await _client.FailFromAsync(Here, email, 4);
        await (await _client.TryLoginFromAsync(Here, email, Right)).ShouldBeAsync(200);
        await _client.FailFromAsync(Elsewhere, email, 1);
        await (await _client.TryLoginFromAsync(Elsewhere, email, Right)).ShouldBePutOffAsync(300);
    }

    [Test]
    [Category("Exhaustive")]
    public async Task FiftyWrongPasswordsFromAnywhere_PutEverybodyOff([Values] bool known)
    {
        var email = await EmailAsync(known);
        await FailFromManyAsync(email, 50);
        await (await _client.TryLoginFromAsync(Here, email, Right)).ShouldBePutOffAsync(300);
        _app.Time.Advance(TimeSpan.FromMinutes(5) - Second);
        await (await _client.TryLoginFromAsync(Elsewhere, email, Right)).ShouldBePutOffAsync(1);
        _app.Time.Advance(Second);
        await (await _client.TryLoginFromAsync(Here, email, Right)).ShouldBeAsync(known ? 200 : 401);
    }

    [TestCase(-1, 429)]
    [TestCase(0, 200)]
    [Category("Exhaustive")]
    public async Task WrongPasswordsFromAnywhere_CountForAnHour(int seconds, int status)
    {
        var email = await _app.RegisterAsync();
        await FailFromManyAsync(email, 49);
        _app.Time.Advance(TimeSpan.FromHours(1) + (seconds * Second));
        await _client.FailFromAsync(Here, email, 1);
        await (await _client.TryLoginFromAsync(Elsewhere, email, Right)).ShouldBeAsync(status);
    }

    [Test]
    [Category("Exhaustive")]
    public async Task RightPassword_ClearsTheCountFromAnywhere()
    {
        var email = await _app.RegisterAsync();
        await FailFromManyAsync(email, 49);
        await (await _client.TryLoginFromAsync(Here, email, Right)).ShouldBeAsync(200);
        await _client.FailFromAsync(Here, email, 4);
        await (await _client.TryLoginFromAsync(Here, email, Right)).ShouldBeAsync(200);
    }

    [Test]
    [Category("Exhaustive")]
    public async Task FiftyWrongPasswordsAtOnce_AreFiveTimesToldToBeWrong([Values] bool known)
    {
        var email = await EmailAsync(known);
        var answers = await AtOnceAsync(50, _ => _client.TryLoginFromAsync(Here, email));
        Assert.That(answers["401 invalid-credentials"], Is.EqualTo(5), answers.ToString());
        Assert.That(answers["429 too-many-attempts"], Is.EqualTo(45), answers.ToString());
    }

    [Test]
    [Category("Exhaustive")]
    public async Task RightPasswordsAtOnce_AreAllRight()
    {
        var email = await _app.RegisterAsync();
        await _client.FailFromAsync(Here, email, 4);
        var answers = await AtOnceAsync(20, _ => _client.TryLoginFromAsync(Here, email, Right));
        Assert.That(answers["200"], Is.EqualTo(20), answers.ToString());
    }

    [Test]
    [Category("Exhaustive")]
    public async Task RightProofsAtOnce_AreAllRight()
    {
        var tokens = await _client.LoginAsync();
        var answers = await AtOnceAsync(20, _ => _client.ReauthenticateAsync(tokens, Right));
        Assert.That(answers["200"], Is.EqualTo(20), answers.ToString());
    }

    [Test]
    [Category("Exhaustive")]
    public async Task WrongProofsAtOnce_AreFiveTimesToldToBeWrong()
    {
        var tokens = await _client.LoginAsync();
        var answers = await AtOnceAsync(
            30, i => i % 2 == 0 ? _client.ReauthenticateAsync(tokens) : _client.ProveToChangeAsync(tokens));
        Assert.That(
            answers["401 invalid-credentials"] + answers["400 validation-failed"], Is.EqualTo(5), answers.ToString());
        Assert.That(answers["429 too-many-attempts"], Is.EqualTo(25), answers.ToString());
    }

    [Test]
    [Category("Exhaustive")]
    public async Task Proofs_HaveACountOfTheirOwnForTheAccount()
    {
        var email = await _app.RegisterAsync();
        var (one, other, stranger) = (
            await _client.LoginAsync(email), await _client.LoginAsync(email), await _client.LoginAsync());
        await _client.FailFromAsync(Here, email, 4);
        for (var i = 0; i < 3; i++)
        {
            await (await _client.ReauthenticateAsync(one)).ShouldBeProblemAsync(401, "invalid-credentials");
        }

        for (var i = 0; i < 2; i++)
        {
            Assert.That((await (await _client.ProveToChangeAsync(other)).ShouldBeProblemAsync(400, "validation-failed"))
                .Fields(), Is.EqualTo(["currentPassword"]));
        }

        foreach (var session in new[] { one, other })
        {
            await (await _client.ReauthenticateAsync(session, Right)).ShouldBePutOffAsync(300);
            await (await _client.ProveToChangeAsync(session, Right)).ShouldBePutOffAsync(300);
        }

        await (await _client.TryLoginFromAsync(Here, email, Right)).ShouldBeAsync(200);
        await (await _client.ReauthenticateAsync(stranger, Right)).ShouldBeAsync(200);
        await (await _client.ReauthenticateAsync(one, Right)).ShouldBePutOffAsync(300);

        _app.Time.Advance(TimeSpan.FromMinutes(5) - Second);
        await (await _client.ReauthenticateAsync(one, Right)).ShouldBePutOffAsync(1);
        _app.Time.Advance(Second);
        await (await _client.ReauthenticateAsync(one, Right)).ShouldBeAsync(200);
    }

    [Test]
    public async Task RightProof_ClearsTheCountOfProofs()
    {
        var tokens = await _client.LoginAsync();
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 4; i++)
            {
                await (await _client.ReauthenticateAsync(tokens)).ShouldBeAsync(401);
            }

            await (await _client.ReauthenticateAsync(tokens, Right)).ShouldBeAsync(200);
        }
    }

    [Test]
    public async Task Lock_IsNeverShownBeforeThePasswordIsProved()
    {
        var email = await _app.RegisterAsync();
        var id = (await _client.LoginAsync(email)).AccountId;
        await (await _client.LockAsync(await _client.AdminAsync(), id)).ShouldBeAsync(204);
        await (await _client.TryLoginFromAsync(Here, email, Right)).ShouldBeProblemAsync(403, "account-locked");
        await _client.FailFromAsync(Here, email, 5);
        await (await _client.TryLoginFromAsync(Here, email, Right)).ShouldBePutOffAsync(300);
    }

    [Test]
    [Category("Exhaustive")]
    public async Task WhatIsPutOff_NeitherCountsNorIsTold()
    {
        var email = await _app.RegisterAsync();
        await _client.FailFromAsync(Here, email, 5);
        for (var i = 0; i < 20; i++)
        {
            _app.Time.Advance(10 * Second);
            await (await _client.TryLoginFromAsync(Here, email)).ShouldBePutOffAsync(290 - (10 * i));
        }

        _app.Time.Advance(TimeSpan.FromMinutes(5) - (200 * Second));
        var tokens = await AccountRequests.TokensOfAsync(await _client.TryLoginFromAsync(Here, email, Right));
        Assert.That(_app.Sql(
            "SELECT COUNT(*) FROM AuditEntries WHERE AccountId = @p0 AND Outcome = 2", Guid.Parse(tokens.AccountId)),
            Is.EqualTo(5));
    }

    [Test]
    [Category("Exhaustive")]
    public async Task WhatIsPutOff_CostsOneLook()
    {
        var email = await _app.RegisterAsync();
        await _client.FailFromAsync(Here, email, 5);
        _app.Commands.Reset();
        await (await _client.TryLoginFromAsync(Here, email)).ShouldBePutOffAsync(300);
        Assert.That(_app.Commands.Commands, Has.Count.EqualTo(1));
    }

    /// <summary>Until the pause, and in it.</summary>
    [Test]
    public async Task UnknownEmail_CostsTheSameCommands()
    {
        var sent = new List<List<string[]>>();
        foreach (var known in new[] { true, false })
        {
            var (email, commands) = (await EmailAsync(known), new List<string[]>());
            for (var i = 0; i < 6; i++)
            {
                _app.Commands.Reset();
                await (await _client.TryLoginFromAsync(Here, email)).ShouldBeAsync(i < 5 ? 401 : 429);
                commands.Add([.. _app.Commands.Commands]);
            }

            sent.Add(commands);
        }

        Assert.That(sent[1], Is.EqualTo(sent[0]));
        var each = _kind == DatabaseKind.Sqlite ? 7 : 3; // a server gets the changes as batches
        Assert.That(sent[0].Select(commands => commands.Length), Is.EqualTo([each, each, each, each, each, 1]));
    }

    [Test]
    [Category("Exhaustive")]
    public async Task RowsThatAreOver_GoByThemselves()
    {
        var email = await _app.RegisterAsync();
        await _client.FailFromAsync(Here, email, 5);
        await (await _client.ReauthenticateAsync(
            await AccountRequests.TokensOfAsync(await _client.TryLoginFromAsync(Elsewhere, email, Right))))
                .ShouldBeAsync(401);
        await _client.FailFromAsync(Elsewhere, email, 1);
        Assert.That(Rows, Is.EqualTo(4), "of two networks, of the email and of the account");
        _app.Time.Advance(TimeSpan.FromMinutes(10)); // each a round of the clean-up
        Assert.That(() => Rows, Is.EqualTo(4).After(500), "they still count");
        _app.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.That(() => Rows, Is.EqualTo(1).After(10_000, 20), "that of the email counts for an hour");
        _app.Time.Advance(TimeSpan.FromMinutes(40));
        Assert.That(() => Rows, Is.Zero.After(10_000, 20));
    }

    [Test]
    public async Task RightPassword_LeavesNoRow()
    {
        await _client.LoginAsync();
        Assert.That(Rows, Is.Zero);
    }

    [Test]
    public async Task LogOfIt_NamesTheAccountAndNoAddress()
    {
        var email = await _app.RegisterAsync();
        var id = (await _client.LoginAsync(email)).AccountId;
        await _client.FailFromAsync(Here, email, 5);
        await (await _client.TryLoginFromAsync(Here, email)).ShouldBePutOffAsync(300);
        var lines = _app.Logs.Lines.Where(
            line => line.Contains("Too many wrong passwords", StringComparison.Ordinal)).ToList();
        Assert.That(lines, Has.Count.EqualTo(1));
        Assert.That(lines[0], Does.Contain(id).And.Not.Contain(email));
    }

    private long Rows => (long)_app.Sql("SELECT COUNT(*) FROM PasswordAttempts")!;

    private async Task<string> EmailAsync(bool known) =>
        known ? await _app.RegisterAsync() : TestAccounts.UniqueEmail();

    /// <summary>From as many networks as are needed for none of them to be put off before the last.</summary>
    private async Task FailFromManyAsync(string email, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await _client.FailFromAsync($"2001:db8:1:{i / 5}::1", email, 1);
        }
    }
}
