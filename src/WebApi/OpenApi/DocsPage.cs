using System.Security.Cryptography;
using Scalar.AspNetCore;

namespace CleanJwt.WebApi.OpenApi;

/// <summary>The page to read and try the API on. It asks nothing of other hosts, and its policy would not let it.</summary>
internal static class DocsPage
{
    public static void Configure(ScalarOptions options, HttpContext context)
    {
        // Its scripts, an inline one among them, are allowed by this nonce alone. Its styles are made as it runs, where no nonce reaches.
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
            $"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; img-src 'self'; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }
}
