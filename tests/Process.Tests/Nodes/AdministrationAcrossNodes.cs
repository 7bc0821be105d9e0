using System.Diagnostics;
using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Nodes;

/// <summary>
/// Real processes over one database: what an administrator does on one of them holds on the others within a second.
/// </summary>
[OnDatabases]
[NonParallelizable] // its bounds are of time
[Platform(Exclude = "Win", Reason = "processes are signalled with kill")]
internal sealed class AdministrationAcrossNodes(DatabaseKind kind)
{
    private const int Sessions = 20;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GiveUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private static readonly (
        string Name, Func<HttpClient, TokenPair, string, Task<HttpResponseMessage>> Do, string SignIn)[] Acts =
    [
        ("lock", (client, admin, id) => client.LockAsync(admin, id), "403 account-locked"),
        ("role change", (client, admin, id) => client.SetRolesAsync(admin, id, "admin"), "200"),
        (
            "end of all sessions",
            (client, admin, id) => client.DoAsync(admin, $"DELETE /api/admin/users/{id}/sessions"),
            "200"),
        ("deletion", (client, admin, id) => client.DeleteUserAsync(admin, id), "401 invalid-credentials"),
    ];

    [Test]
    public async Task SessionsOfAnAccount_AreRefusedByTheOtherNodeWithinASecond()
    {
        using var database = new TestDatabase(kind);
        await using var here = await ServiceNode.StartAsync(database, TestAccounts.WithAdmin);
        await using var there = await ServiceNode.StartAsync(database, TestAccounts.WithAdmin);
        var admin = await here.Client.AdminAsync();
        foreach (var (name, act, signIn) in Acts)
        {
            var email = await here.Client.RegisterAsync();
            var sessions = await there.Client.LoginManyAsync(Sessions, _ => email);
            foreach (var session in sessions)
            {
                await (await there.Client.AskAsync(session.AccessToken)).ShouldBeAsync(200);
            }

            var response = await act(here.Client, admin, sessions[0].AccountId);
            var answered = Stopwatch.StartNew();
            Assert.That(response.IsSuccessStatusCode, Is.True, $"{name}: {await response.Content.ReadAsStringAsync()}");

            // A write asks the database itself.
            await (await there.Client.DoAsync(sessions[0], "DELETE /api/users/me/sessions")).ShouldBeAsync(401);
            var delays = await Task.WhenAll(sessions.Select(session => RefusedAfterAsync(there, session, answered)));
            foreach (var session in sessions)
            {
                await (await here.Client.AskAsync(session.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
                await (await there.Client.RefreshAsync(session.RefreshToken)).ShouldBeProblemAsync(
                    401, "invalid-refresh-token");
            }

            Assert.That(await (await there.Client.TryLoginAsync(email)).AnswerAsync(), Is.EqualTo(signIn), name);
            TestContext.Out.WriteLine(
                $"The {name} was learnt by the other node after at most {delays.Max().TotalMilliseconds:F0} ms");
            Assert.That(delays.Max(), Is.LessThanOrEqualTo(Bound), name);
        }
    }

    private static async Task<TimeSpan> RefusedAfterAsync(ServiceNode node, TokenPair session, Stopwatch answered)
    {
        while (true)
        {
            var sent = answered.Elapsed;
            var answer = await (await node.Client.AskAsync(session.AccessToken)).AnswerAsync();
            if (answer == "401 token-revoked")
            {
                return sent;
            }

            Assert.That(answer, Is.EqualTo("200"));
            Assert.That(sent, Is.LessThan(GiveUp), "it was never learnt");
            await Task.Delay(Pause);
        }
    }
}
