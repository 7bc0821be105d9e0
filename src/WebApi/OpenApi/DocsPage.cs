using System.Security.Cryptography;
using Scalar.AspNetCore;

namespace CleanJwt.WebApi.OpenApi;

/// <summary>The page to read and try the API on. It asks nothing of other hosts, and its policy would not let it.</summary>
internal static class DocsPage
{
    public static void Configure(ScalarOptions options, HttpContext context)
    {
        // The page starts itself with an inline script, which the policy allows by this nonce alone.
        var nonce = RandomNumberGenerator.GetHexString(32);
        options
            .WithTitle("CleanJwt")
            .WithNonce(nonce)
            .DisableDefaultFonts()
            .DisableTelemetry()
            .DisableAgent()
            .HideDeveloperTools()
            .HideClientButton()
            .AddPreferredSecuritySchemes(DocumentInfo.BearerScheme);
        context.Response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }
}
