using System.Net.Http.Json;
using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Mail;

/// <summary>Guessing the code of a mail on two nodes at once.</summary>
internal sealed class CodesAcrossNodes
{
    private const string Email = "ada@example.com";
    private const string NewPassword = "a new horse and a new staple";

    private readonly TemporaryFolder _folder = new();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task FiveWrongCodes_AreFiveOnAllNodesTogether()
    {
        var settings = new Dictionary<string, string?> { ["Mail:Transport"] = "Folder" };
        await using var one = await ServiceNode.StartAsync(_folder.Path, settings);
        await using var other = await ServiceNode.StartAsync(_folder.Path, settings);
        await (await one.Client.PostAsJsonAsync(
            "/api/auth/register", new { email = Email, password = TestAccounts.Password })).ShouldBeAsync(201);
        var flowToken = (await (await one.Client.PostAsJsonAsync(
            "/api/auth/password/forgot", new { email = Email })).JsonAsync()).Text("flowToken");
        var code = await CodeAsync(one);

        var nodes = new[] { one, other };
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => ResetAsync(nodes[i % 2], flowToken, "00000-00000")));
        Assert.That(
            SqliteScript.Scalar(
                ServiceNode.DatabasePathIn(_folder.Path),
                "SELECT COUNT(*) FROM PasswordAttempts WHERE substr(hex(Key), 1, 2) = '08'"),
            Is.EqualTo(1), "the tries of both nodes count in one row");
        await Task.WhenAll(Enumerable.Range(0, 2).Select(i => ResetAsync(nodes[i % 2], flowToken, "00000-00000")));
        foreach (var node in nodes)
        {
            await (await ResetAsync(node, flowToken, code)).ShouldBeProblemAsync(401, "invalid-code");
        }

        await (await one.Client.TryLoginAsync(Email, TestAccounts.Password)).ShouldBeAsync(200);
    }

    private static Task<HttpResponseMessage> ResetAsync(ServiceNode node, string flowToken, string code) =>
        node.Client.PostAsJsonAsync("/api/auth/password/reset", new { newPassword = NewPassword, flowToken, code });

    private static async Task<string> CodeAsync(ServiceNode node)
    {
        for (var tries = 0; tries < 500; tries++)
        {
            var mails = await (await node.Client.GetAsync("/dev/mail", ("Accept", "application/json"))).JsonAsync();
            foreach (var mail in mails.GetProperty("items").EnumerateArray())
            {
                if (mail.Text("template") == "reset-password")
                {
                    return mail.Text("code");
                }
            }

            await Task.Delay(20);
        }

        throw new AssertionException("No mail came.");
    }
}
