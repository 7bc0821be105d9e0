using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using CleanJwt.WebApi.FunctionalTests.Support;
using CleanJwt.WebApi.FunctionalTests.Tokens.Forgeries;

namespace CleanJwt.WebApi.FunctionalTests.Tokens;

/// <summary>A token that points somewhere is refused without a look at what is there.</summary>
[Category("Exhaustive")]
internal sealed class UrlsInTokens
{
    private const string Followed = "RFC 8725 2.9; RFC 8725 3.10; OWASP API7:2023";

    // A service that fetches a URL does so before it answers, or soon after.
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50);

    // One for all rows: none of them changes anything.
    private static readonly Lazy<Task<string>> Token = new(
        async () => (await SharedService.App.LoginAsync()).AccessToken);
    private static readonly Lazy<ServiceKey> Key = new(() => SharedService.App.ServiceKey());

    internal static IEnumerable<TestCaseData> Rows()
    {
        foreach (var member in new[] { "jku", "x5u", "kid", "iss", "crit" })
        {
            yield return Row(
                $"{member}OfTheForger",
                (key, token, address) => ForgedKeys.OfTheForger(key, token, (_, header) => header[member] = address));
        }

        foreach (var member in new[] { "jku", "x5u" })
        {
            yield return Row(
                $"{member}OverAGoodSignature",
                (key, token, address) => key.Resign(token, header => header[member] = address));
            yield return Row($"{member}InsteadOfKid", (key, token, address) => key.Resign(token, header =>
            {
                header[member] = address;
                header.Remove("kid");
            }));
            yield return Row(
                $"{member}Unsigned",
                (key, token, address) => Jwt.With(key.Resign(token, header => header[member] = address), 2, _ => ""));
            yield return Row(
                $"{member}Array",
                (key, token, address) => key.Resign(token, header => header[member] = new JsonArray(address)));
        }

        yield return Row("AddressInAJwk", (key, token, address) =>
            ForgedKeys.OfTheForger(key, token, (forger, header) =>
        {
            var jwk = ForgedKeys.Jwk(forger);
            jwk["x5u"] = address;
            header["jwk"] = jwk;
        }));
        yield return Row("AddressesInACertificate", (key, token, address) =>
            ForgedKeys.OfTheForger(key, token, (forger, header) => header["x5c"] = new JsonArray(ForgedKeys.Certificate(
                forger,
                new X509AuthorityInformationAccessExtension(
                    ocspUris: [address + "ocsp"], caIssuersUris: [address + "issuer.cer"]),
                CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([address + "revoked.crl"])))));
        yield return Row("AddressInAnEncryptedToken", (key, token, address) =>
            $"{Jwt.Encode($"{{\"alg\":\"RSA-OAEP\",\"enc\":\"A256GCM\",\"jku\":\"{address}\",\"kid\":\"{key.KeyId}\"}}")}..AAAAAAAAAAAAAAAA.{token.Split('.')[1]}.AAAAAAAAAAAAAAAAAAAAAA");
        foreach (var claim in new[] { "iss", "aud", "jku", "sub", "jwks_uri" })
        {
            yield return Row($"{claim}AmongTheClaims", (key, token, address) => ForgedKeys.OfTheForger(
                key, key.Resign(token, payload: claims => claims[claim] = address), (_, _) => { }));
        }
    }

    [TestCaseSource(nameof(Rows))]
    public async Task Address_IsNotCalled(Func<ServiceKey, string, string, string> forge, string source)
    {
        using var trap = new Trap();
        var (forged, client) = (
            forge(Key.Value, await Token.Value, trap.Address.AbsoluteUri), SharedService.App.CreateClient());
        await BearerErrors.ShouldBeRefusedAsync(await client.AskAsync(forged), "invalid-token");
        await BearerErrors.ShouldBeRefusedAsync(
            await client.PostAsync("/api/auth/logout", null, $"Bearer {forged}"), "invalid-token");
        await (await client.IntrospectAsync(forged)).ShouldBeInactiveAsync();
        await (await client.RevokeAsync(forged)).ShouldBeAsync(200);
        await Task.Delay(Soon);
        Assert.That(trap.IsSprung, Is.False, source);
    }

    [Test]
    public async Task Trap_KnowsWhoCalls()
    {
        using var trap = new Trap();
        using var caller = new TcpClient();
        await caller.ConnectAsync(trap.Address.Host, trap.Address.Port);
        Assert.That(trap.IsSprung, Is.True);
    }

    private static TestCaseData Row(string name, Func<ServiceKey, string, string, string> forge) =>
        Attack.Row(name, Followed, forge, Followed);
}
