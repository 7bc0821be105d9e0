using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CleanJwt.ProcessTests.Support;

/// <summary>
/// Another service with one endpoint, <c>GET /</c>, which asks for a token and answers the account it was issued for.
/// </summary>
internal sealed class PlainService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PlainService(WebApplication app) => _app = app;

    public HttpClient Client => _app.GetTestClient();

    /// <param name="configure">All that the service says of the tokens it takes.</param>
    /// <param name="root">The certificate that its machine trusts.</param>
    /// <param name="settings">Its configuration.</param>
    public static async Task<PlainService> StartAsync(
        Action<JwtBearerOptions> configure, X509Certificate2 root, Dictionary<string, string?>? settings = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        builder.Services.AddAuthentication().AddJwtBearer(configure);
        builder.Services.AddAuthorization();

        // What the operating system does where the issuer's certificate is one that everybody trusts.
        builder.Services.Configure<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme, options =>
            options.BackchannelHttpHandler = LocalCertificate.Trusting(root));

        var app = builder.Build();
        app.MapGet(
            "/", (ClaimsPrincipal user) => user.FindFirstValue(ClaimTypes.NameIdentifier)).RequireAuthorization();
        await app.StartAsync();
        return new PlainService(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
