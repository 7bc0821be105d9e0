using System.Globalization;
using System.Net;
using System.Text.Encodings.Web;
using CleanJwt.Infrastructure.Mail;

namespace CleanJwt.WebApi.DevMail;

/// <summary>
/// In development, shows the mails that were written to the folder, with the code and the link of each. It answers only
/// clients on this machine that name this machine as their host, so that no web page of another host can read it.
/// </summary>
internal static class DevMailPage
{
    private const string Style =
        """
        :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
        body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
        article { border: 1px solid light-dark(#d4d4d8, #3f3f46); border-radius: 8px; padding: 1rem; margin: 1rem 0; }
        h2 { font-size: 1rem; margin: 0; }
        dl { display: grid; grid-template-columns: 5rem 1fr; gap: .25rem 1rem; margin: .75rem 0; }
        dt { color: light-dark(#52525b, #a1a1aa); }
        dd { margin: 0; overflow-wrap: anywhere; }
        code { font: 600 1.1rem ui-monospace, monospace; user-select: all; }
        time, p { color: light-dark(#52525b, #a1a1aa); }
        pre { white-space: pre-wrap; font: inherit; margin: .5rem 0 0; }
        """;

    public static void MapDevMail(this IEndpointRouteBuilder routes, IHostEnvironment environment)
    {
        if (environment.IsDevelopment())
        {
            routes.MapGet("/dev/mail", AnswerAsync);
        }
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        if (!IsLocal(context))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var mails = await context.RequestServices.GetRequiredService<MailInbox>().ListAsync(context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        if (context.Request.Headers.Accept.ToString().Contains("application/json", StringComparison.OrdinalIgnoreCase))
        {
            var items = mails.Select(mail => new
            {
                mail.Id,
                mail.To,
                mail.Subject,
                mail.Template,
                mail.Code,
                mail.Link,
                CreatedAt = mail.CreatedAt.UtcDateTime,
            });
            await context.Response.WriteAsJsonAsync(new { Items = items }, context.RequestAborted);
            return;
        }

        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
            + "frame-ancestors 'none'";
        await context.Response.WriteAsync(PageOf(mails), context.RequestAborted);
    }

    private static bool IsLocal(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && (context.Request.Host.Host is "localhost"
            || (IPAddress.TryParse(context.Request.Host.Host.Trim('[', ']'), out var host)
                && IPAddress.IsLoopback(host)));

    private static string PageOf(IReadOnlyList<InboxMail> mails) =>
        $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <title>Mails</title>
        <style>{Style}</style>
        </head>
        <body>
        <h1>Mails</h1>
        <p>In development, mails are written to a folder and not sent. Reload the page to see new ones.</p>
        {(mails.Count == 0
            ? "<p>There are no mails yet. Sign up, or ask for a forgotten password.</p>"
            : string.Concat(mails.Select(ArticleOf)))}
        </body>
        </html>

        """;

    private static string ArticleOf(InboxMail mail) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        <article>
        <h2>{Html(mail.Subject)}</h2>
        <dl>
        <dt>To</dt><dd>{Html(mail.To)}</dd>
        <dt>Sent</dt><dd><time>{mail.CreatedAt:yyyy-MM-dd HH:mm:ss} UTC</time></dd>
        {(mail.Code is { } code ? $"<dt>Code</dt><dd><code>{Html(code)}</code></dd>" : "")}
        {(mail.Link is { } link ? $"<dt>Link</dt><dd><a href=\"{Html(link)}\">{Html(link)}</a></dd>" : "")}
        </dl>
        <details><summary>Text</summary><pre>{Html(mail.Text ?? "")}</pre></details>
        </article>

        """);

    private static string Html(string text) => HtmlEncoder.Default.Encode(text);
}
