using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CleanJwt.Application.Mail;
using CleanJwt.WebApi.Http;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace CleanJwt.WebApi.AccountPages;

/// <summary>
/// Serves the account pages: one document for all of them, and its files. The pages use the public API like any other
/// frontend, so nothing here knows an account.
/// </summary>
internal static class AccountPagesEndpoints
{
    private const string Root = "/account";

    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

    public static void MapAccountPages(this IEndpointRouteBuilder routes)
    {
        if (routes.ServiceProvider.GetRequiredService<AccountPagesOptions>().Enabled)
        {
            routes.MapGet(Root, AnswerDocumentAsync);
            routes.MapGet(Root + "/{page}", AnswerDocumentAsync);
            routes.MapGet(Root + "/assets/{**name}", AnswerAssetAsync);
            routes.MapGet("/.well-known/change-password", LeadToPasswordAsync);
            routes.MapGet("/.well-known/passkey-endpoints", AnswerPasskeyEndpointsAsync);
        }

        routes.MapGet("/", LeadAsync);
    }

    // A developer looks for the API, and other people for an account. ASP.NET Core runs a RequestDelegate as it is. A
    // handler that returns an IResult would be compiled at each start.
    private static Task LeadAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var hasPages = services.GetRequiredService<AccountPagesOptions>().Enabled;
        var page = hasPages && !services.GetRequiredService<IHostEnvironment>().IsDevelopment() ? Root : "/docs";
        context.Response.Redirect(services.GetRequiredService<PublicPaths>().Of(context, page));
        return Task.CompletedTask;
    }

    // https://w3c.github.io/webappsec-change-password-url/: password managers open it.
    private static Task LeadToPasswordAsync(HttpContext context)
    {
        context.Response.Redirect(
            context.RequestServices.GetRequiredService<PublicPaths>().Of(context, Root + "/password"));
        return Task.CompletedTask;
    }

    // https://w3c.github.io/webappsec-passkey-endpoints/: password managers lead their users there.
    private static Task AnswerPasskeyEndpointsAsync(HttpContext context)
    {
        var page = context.RequestServices.GetRequiredService<PublicPaths>().BaseAddress + Root + "/passkeys";
        return context.Response.WriteAsJsonAsync(
            new Dictionary<string, string> { ["enroll"] = page, ["manage"] = page }, context.RequestAborted);
    }

    private static Task AnswerDocumentAsync(HttpContext context)
    {
        var document = Encoding.UTF8.GetBytes(DocumentFor(context));
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.CacheControl = "no-cache"; // the browser keeps it, and asks each time whether it is still the same
        return AnswerAsync(
            context, "text/html; charset=utf-8", document, Convert.ToHexStringLower(SHA256.HashData(document)[..8]));
    }

    private static Task AnswerAssetAsync(HttpContext context)
    {
        var assets = context.RequestServices.GetRequiredService<AccountAssets>();
        var version = context.Request.Query["v"];

        // A page of an older version must not mix its modules with newer ones. It loads its document anew.
        if (assets.Find((string?)context.GetRouteValue("name") ?? "") is not { } asset
            || (version.Count > 0 && version != assets.Version))
        {
            context.Response.Headers.CacheControl = "no-store";
            context.Response.StatusCode = StatusCodes.Status404NotFound; // UseProblemDocuments adds the body
            return Task.CompletedTask;
        }

        var headers = context.Response.Headers;
        headers.CacheControl = version.Count > 0
            ? "public, max-age=31536000, immutable"
            : "no-cache";
        headers.Vary = "Accept-Encoding, Origin"; // frontends of other origins may load the client
        var isGzipped = context.Request.GetTypedHeaders().AcceptEncoding
            .Any(encoding => encoding.Value == "gzip" && encoding.Quality is null or > 0);
        if (isGzipped)
        {
            headers.ContentEncoding = "gzip";
        }

        return AnswerAsync(
            context,
            asset.ContentType,
            isGzipped ? asset.Gzipped : asset.Bytes,
            isGzipped ? assets.Version + "-gzip" : assets.Version);
    }

    private static Task AnswerAsync(HttpContext context, string contentType, byte[] content, string version)
    {
        var entityTag = new EntityTagHeaderValue($"\"{version}\"");
        context.Response.Headers.ETag = entityTag.ToString();
        var known = context.Request.GetTypedHeaders().IfNoneMatch;
        if (known.Any(tag => tag.Compare(entityTag, useStrongComparison: false)))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        context.Response.ContentType = contentType;
        context.Response.ContentLength = content.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.Body.WriteAsync(content, context.RequestAborted).AsTask();
    }

    private static string DocumentFor(HttpContext context)
    {
        var services = context.RequestServices;
        var assets = services.GetRequiredService<AccountAssets>();
        var options = services.GetRequiredService<AccountPagesOptions>();
        var prefix = services.GetRequiredService<PublicPaths>().Of(context, "");
        var name = options.Name is { Length: > 0 } set ? set : services.GetRequiredService<MailOptions>().FromName;
        return assets.Template
            .Replace("{{settings}}", Html(SettingsOf(services, prefix, name)), StringComparison.Ordinal)
            .Replace(
                "{{stylesheet}}",
                assets.Find(AccountAssets.OperatorsStylesheet) is null
                    ? ""
                    : "<link rel=\"stylesheet\" "
                        + $"href=\"{{{{base}}}}{Root}/assets/{AccountAssets.OperatorsStylesheet}?v={{{{version}}}}\">",
                StringComparison.Ordinal)
            .Replace("{{base}}", Html(prefix), StringComparison.Ordinal)
            .Replace("{{version}}", assets.Version, StringComparison.Ordinal)
            .Replace("{{name}}", Html(name), StringComparison.Ordinal);
    }

    // The pages lead a person back to these origins after a sign-in, and to no other.
    private static string SettingsOf(IServiceProvider services, string prefix, string name)
    {
        var cors = services.GetRequiredService<IOptions<CorsOptions>>().Value;
        var allowed = services.GetRequiredService<CrossOrigin>();
        return JsonSerializer.Serialize(new
        {
            @base = prefix,
            name,
            origins = cors.GetPolicy(cors.DefaultPolicyName)!.Origins,
            localOrigins = allowed.AllowsThisMachine(services.GetRequiredService<IHostEnvironment>()),
            mail = services.GetRequiredService<MailOptions>().IsOn,
        });
    }

    private static string Html(string text) => HtmlEncoder.Default.Encode(text);
}
