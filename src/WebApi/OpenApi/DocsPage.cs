using System.Security.Cryptography;
using CleanJwt.WebApi.Http;
using Scalar.AspNetCore;

namespace CleanJwt.WebApi.OpenApi;

/// <summary>
/// The page on which developers read and try the API. It loads nothing from other hosts, and its content security
/// policy forbids it.
/// </summary>
internal static class DocsPage
{
    public static void Configure(ScalarOptions options, HttpContext context)
    {
        // The nonce allows the scripts of the page, one of which is inline. Its styles are created at run time and
        // can have no nonce.
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

        // The page may ask only the host that it was loaded from, which may differ from the issuer on a developer's
        // machine.
        var paths = context.RequestServices.GetRequiredService<PublicPaths>();
        options.AddServer(paths.Of(context, "/"));
        context.Response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; img-src 'self'; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }
}
