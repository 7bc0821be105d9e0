using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Hosting;

/// <summary>Passkeys belong to one domain. With another one the program does not start while passkeys exist.</summary>
[OnDatabases]
internal sealed class MovedPasskeys(DatabaseKind kind)
{
    private static readonly Dictionary<string, string?> Moved = new() { ["Jwt:Issuer"] = "https://auth.example.com" };

    [Test]
    public async Task OtherDomain_StopsTheStartWithOneLineUntilThePasskeysAreGone()
    {
        using var database = new TestDatabase(kind);
        await using var node = await ServiceNode.StartAsync(database);
        var owner = await node.Client.LoginAsync();
        var id = await node.Client.AddPasskeyAsync(owner, new SoftwareAuthenticator(PasskeyRequests.Origin));

        await using var moved = CleanJwtProcess.Launch(database.Folder, new([.. database.Settings, .. Moved]));
        Assert.That(await moved.WaitForExitAsync(), Is.EqualTo(1), moved.Output);
        Assert.That(moved.Errors, Has.Length.EqualTo(1), moved.Output);
        Assert.That(
            moved.Errors[0],
            Does.StartWith("Passkeys:RelyingPartyId is 'auth.example.com'").And.Contain("'localhost'"));

        await (await node.Client.RemovePasskeyAsync(owner, id)).ShouldBeAsync(204);
        await using var free = await ServiceNode.StartAsync(database, Moved);
    }
}
