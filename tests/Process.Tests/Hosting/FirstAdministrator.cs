using System.Net.Http.Json;
using CleanJwt.ProcessTests.Support;
using Microsoft.Data.Sqlite;

namespace CleanJwt.ProcessTests.Hosting;

/// <summary>
/// The administrator of the settings <c>Admin:Email</c> and <c>Admin:Password</c>, as the operator of the real program
/// meets them.
/// </summary>
internal sealed class FirstAdministrator
{
    private const string Password = "operators-marker-of-good-horses";

    private static readonly TestCaseData[] BadSettings =
    [
        Bad("EmailAlone", "admin@example.com", null, "Admin:Password", "not set"),
        Bad("PasswordAlone", null, Password, "Admin:Email", "not set"),
        Bad("NoEmailAddress", "admin", Password, "Admin:Email", "'admin'"),
        Bad("EmptyEmail", "", Password, "Admin:Email", "not set"),
        Bad("TwoAddresses", "a@example.com, b@example.com", Password, "Admin:Email", "'a@example.com, b@example.com'"),
        Bad("EmptyPassword", "admin@example.com", "", "Admin:Password", "12 to 128 characters"),
        Bad("ShortPassword", "admin@example.com", "short-mark1", "Admin:Password", "12 to 128 characters"),
        Bad("LongPassword", "admin@example.com", new string('x', 129), "Admin:Password", "12 to 128 characters"),
        Bad("CommonPassword", "admin@example.com", "PASSWORD1234", "Admin:Password", "not a commonly used password"),
        Bad("PasswordOfTheAddress", "marker@example.com", "xx-MARKER-xxxxxx", "Admin:Password", "before the @"),
    ];

    [TestCaseSource(nameof(BadSettings))]
    public async Task BadSettings_StopTheStartWithOneLineThatNamesTheKey(
        string? email, string? password, string key, string reason)
    {
        using var folder = new TemporaryFolder();
        await using var service = CleanJwtProcess.Launch(
            folder.Path, new() { ["Admin:Email"] = email, ["Admin:Password"] = password });

        Assert.That(await service.WaitForExitAsync(), Is.EqualTo(1), service.Output);
        Assert.That(service.Errors, Has.Length.EqualTo(1), service.Output);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(service.Errors[0], Does.StartWith(key + " is ").And.Contain(reason));
            Assert.That(service.Output, string.IsNullOrEmpty(password) ? Is.Not.Empty : Does.Not.Contain(password));
            Assert.That(Directory.Exists(Path.Combine(folder.Path, "data")), Is.False);
        }
    }

    [Test]
    public async Task TwoFirstStartsAtOnce_MakeOne([Range(1, 3)] int round)
    {
        using var folder = new TemporaryFolder();
        var settings = new Dictionary<string,
        string?>
        { ["Admin:Email"] = "Admin@Example.com", ["Admin:Password"] = Password };
        await using var one = CleanJwtProcess.Launch(folder.Path, settings);
        await using var other = CleanJwtProcess.Launch(folder.Path, settings);
        await Task.WhenAll(one.WaitUntilReadyAsync(), other.WaitUntilReadyAsync());

        using (var connection = new SqliteConnection(
            $"Data Source={ServiceNode.DatabasePathIn(folder.Path)};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT group_concat(Email || ' ' || Roles) || ' ' || (SELECT COUNT(*) FROM AuditEntries) FROM AspNetUsers";
            Assert.That(command.ExecuteScalar(), Is.EqualTo("Admin@Example.com admin 1"), $"round {round}");
        }

        foreach (var node in new[] { one, other })
        {
            var response = await SessionRequests.PatientlyAsync(() =>
                node.Client.PostAsJsonAsync(
                    "/api/auth/login", new { email = "admin@example.com", password = Password }));
            await response.ShouldBeAsync(200);
            var tokens = await response.JsonAsync();
            Assert.That(tokens.Text("scope"), Is.EqualTo(ContractScopes.OfAdmins));
            await (await node.Client.AskAsync(tokens.Text("accessToken"), "/api/admin/users")).ShouldBeAsync(200);
            Assert.That(node.Output, Does.Not.Contain(Password));
        }

        var made = one.Output + other.Output;
        Assert.That(made.Split("Created the first administrator").Length - 1, Is.EqualTo(1), made);
        Assert.That(made, Does.Not.Contain("which this setting never promotes"));
    }

    private static TestCaseData Bad(string name, string? email, string? password, string key, string reason) =>
        new TestCaseData(email, password, key, reason).SetArgDisplayNames(name);
}
