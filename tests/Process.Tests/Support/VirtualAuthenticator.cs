using System.Text.Json;
using PuppeteerSharp;

namespace CleanJwt.ProcessTests.Support;

/// <summary>
/// Chromium's virtual authenticator: it stands for a device that keeps passkeys, and its user always agrees. It also
/// takes each passkey that a page only suggests.
/// </summary>
internal sealed class VirtualAuthenticator
{
    private readonly ICDPSession _session;
    private readonly string _id;

    private VirtualAuthenticator(ICDPSession session, string id) => (_session, _id) = (session, id);

    public static async Task<VirtualAuthenticator> PlugInAsync(IPage page)
    {
        var session = await page.CreateCDPSessionAsync();
        await session.SendAsync("WebAuthn.enable");
        var answer = await session.SendAsync<JsonElement>("WebAuthn.addVirtualAuthenticator", new
        {
            options = new
            {
                protocol = "ctap2",
                transport = "internal",
                hasResidentKey = true,
                hasUserVerification = true,
                isUserVerified = true,
                automaticPresenceSimulation = true,
            },
        });
        return new VirtualAuthenticator(session, answer.Text("authenticatorId"));
    }

    /// <summary>Whether the user shows a fingerprint, a face or a PIN when the authenticator asks.</summary>
    public Task SetUserVerifiedAsync(bool isUserVerified) => _session.SendAsync(
        "WebAuthn.setUserVerified", new { authenticatorId = _id, isUserVerified });

    public async Task<int> CountPasskeysAsync()
    {
        var answer = await _session.SendAsync<JsonElement>(
            "WebAuthn.getCredentials", new { authenticatorId = _id });
        return answer.GetProperty("credentials").GetArrayLength();
    }
}
