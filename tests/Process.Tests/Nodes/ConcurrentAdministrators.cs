using CleanJwt.ProcessTests.Support;


namespace CleanJwt.ProcessTests.Nodes;

/// <summary>
/// Two administrators would remove each other, or themselves, at once: one of them does it, and one stays.
/// </summary>
[OnDatabases]
internal sealed class ConcurrentAdministrators(DatabaseKind kind)
{
    private const int Rounds = 20;

    private static readonly (
        string Name, Func<HttpClient, TokenPair, TokenPair, Task<HttpResponseMessage>> Do, bool ToThemselves)[] Acts =
    [
        ("lock each other", (client, by, other) => client.LockAsync(by, other.AccountId), false),
        ("take each other's role", (client, by, other) => client.SetRolesAsync(by, other.AccountId), false),
        ("delete each other", (client, by, other) => client.DeleteUserAsync(by, other.AccountId), false),
        ("lock themselves", (client, by, _) => client.LockAsync(by, by.AccountId), true),
        ("step down", (client, by, _) => client.SetRolesAsync(by, by.AccountId), true),
        ("delete themselves as administrators", (client, by, _) => client.DeleteUserAsync(by, by.AccountId), true),
        ("delete their own accounts", (client, by, _) => client.DoAsync(by, "DELETE /api/users/me"), true),
    ];

    [TestCase(1)]
    [TestCase(2)]
    public async Task TwoOfThem_LeaveOne(int nodes)
    {
        using var database = new TestDatabase(kind);
        await using var first = await ServiceNode.StartAsync(database, TestAccounts.WithAdmin);
        await using var second = nodes == 1 ? null : await ServiceNode.StartAsync(database, TestAccounts.WithAdmin);
        var (here, there) = (first.Client, (second ?? first).Client);
        var remaining = TestAccounts.AdminEmail;
        foreach (var (name, act, toThemselves) in Acts)
        {
            var answers = new Tally();
            for (var round = 0; round < Rounds; round++)
            {
                var other = await here.RegisterAsync();
                var promoted = await here.SetRolesAsync(
                    await here.LoginAsync(remaining), (await here.LoginAsync(other)).AccountId, "admin");
                await promoted.ShouldBeAsync(200);
                Assert.That(AdminsIn(database), Is.EquivalentTo(new[] { remaining, other }));

                var (one, two) = (await here.LoginAsync(remaining), await there.LoginAsync(other));
                var both = await Task.WhenAll(
                    Task.Run(() => act(here, one, two)), Task.Run(() => act(there, two, one)));
                var answer = string.Join(
                    " beside ", (await Task.WhenAll(both.Select(SessionRequests.AnswerAsync))).Order());
                answers.Add(answer);
                Assert.That(both.Count(response => response.IsSuccessStatusCode), Is.EqualTo(1), $"{name}: {answer}");

                // Another node can see that an account is gone before it polls that its sessions are over.
                string[] refusals = toThemselves ? ["409 last-admin"]
                    : ["409 last-admin", "401 token-revoked", "401 user-not-found"];
                Assert.That(
                    refusals.Any(refusal => answer.EndsWith($"beside {refusal}", StringComparison.Ordinal)),
                    $"{name}: {answer}");

                var winner = both[0].IsSuccessStatusCode ? remaining : other;
                remaining = AdminsIn(database).Single();
                Assert.That(remaining == winner, Is.Not.EqualTo(toThemselves), name);
            }

            TestContext.Out.WriteLine($"Two administrators {name} on {nodes} nodes: {answers}");
        }
    }

    private static List<string> AdminsIn(TestDatabase database)
    {
        using var connection = database.Open();
        return connection.Texts("SELECT Email FROM AspNetUsers WHERE Roles = 'admin' AND Locked = 0");
    }
}
