// A service that trusts the tokens of CleanJwt. GET /notes needs account:read, and POST /notes needs account:write.
// DELETE /notes needs account:write and a second factor.
// To run it, set ISSUER=http://localhost:5080 AUDIENCE=cleanjwt-api PORT=5081 ASPNETCORE_ENVIRONMENT=Development:
// dotnet run --project samples/aspnetcore
using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.IdentityModel.Tokens;

var builder = WebApplication.CreateBuilder(args);
var issuer = builder.Configuration["ISSUER"] ?? "http://localhost:5080";
var audience = builder.Configuration["AUDIENCE"] ?? "cleanjwt-api";
var port = builder.Configuration["PORT"] ?? "5081";

builder.Services.AddAuthentication().AddJwtBearer(options =>
{
    options.Authority = issuer; // The metadata of the issuer give its name and the address of its keys.
    options.Audience = audience;
    options.RequireHttpsMetadata = !builder.Environment.IsDevelopment();
    options.AutomaticRefreshInterval = TimeSpan.FromMinutes(5); // How long to cache the keys: by default 12 hours.
    options.MapInboundClaims = false; // The claim "sub" keeps its name.
    options.TokenValidationParameters.ValidTypes = ["at+jwt"];
    options.TokenValidationParameters.ValidAlgorithms = ["ES256"];
    options.TokenValidationParameters.TryAllIssuerSigningKeys = false; // Only the key that the token names counts.
    options.TokenValidationParameters.ClockSkew = TimeSpan.FromSeconds(5); // The default is 5 minutes.
    options.Events = new JwtBearerEvents { OnForbidden = NameTheScope };
});

// By default, a key that the issuer has withdrawn stays valid for another hour.
builder.Services.PostConfigure<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme, options =>
    ((BaseConfigurationManager)options.ConfigurationManager!).UseLastKnownGoodConfiguration = false);

// Each scope has a policy of the same name.
string[] scopes = ["account:read", "account:write"];
builder.Services.AddAuthorization(options =>
{
    foreach (var scope in scopes)
    {
        options.AddPolicy(scope, policy => policy.RequireAssertion(context =>
            context.User.FindFirstValue("scope")?.Split(' ').Contains(scope) is true));
    }
});

static Task NameTheScope(ForbiddenContext context)
{
    var scope = context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>()?.Policy;
    context.Response.Headers.WWWAuthenticate = $"Bearer error=\"insufficient_scope\", scope=\"{scope}\"";
    return Task.CompletedTask;
}

using var auth = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };

// The signature of the token is valid. Only the issuer knows whether its session has ended since.
// 200: the session is active. 401: it has ended. Any other status leaves that open, so the request is refused.
async Task<HttpStatusCode> AskAsync(HttpContext context)
{
    using var question = new HttpRequestMessage(HttpMethod.Get, $"{issuer}/api/auth/token");
    var token = await context.GetTokenAsync("access_token");
    question.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
    try
    {
        using var answer = await auth.SendAsync(question, context.RequestAborted);
        return answer.StatusCode;
    }
    catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
    {
        return HttpStatusCode.ServiceUnavailable;
    }
}

async ValueTask<object?> UnlessRevoked(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
{
    switch (await AskAsync(context.HttpContext))
    {
        case HttpStatusCode.OK:
            return await next(context);
        case HttpStatusCode.Unauthorized:
            context.HttpContext.Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
            return Results.Unauthorized();
        default:
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
    }
}

// What the owner proved at the last sign-in must be one of these. The first is what the endpoint asks for, and the
// second is stronger (RFC 9470). A password alone is "urn:cleanjwt:acr:one-factor".
string[] secondFactor = ["urn:cleanjwt:acr:two-factor", "urn:cleanjwt:acr:phishing-resistant"];

ValueTask<object?> WithSecondFactor(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
{
    if (secondFactor.Contains(context.HttpContext.User.FindFirstValue("acr")))
    {
        return next(context);
    }

    context.HttpContext.Response.Headers.WWWAuthenticate =
        $"Bearer error=\"insufficient_user_authentication\", acr_values=\"{secondFactor[0]}\"";
    return ValueTask.FromResult<object?>(Results.Unauthorized());
}

var app = builder.Build();

app.MapGet("/notes", (ClaimsPrincipal user) => new { readBy = user.FindFirstValue("sub") })
    .RequireAuthorization("account:read");

app.MapPost("/notes", (ClaimsPrincipal user) => new { writtenBy = user.FindFirstValue("sub") })
    .RequireAuthorization("account:write")
    .AddEndpointFilter(UnlessRevoked);

app.MapDelete("/notes", (ClaimsPrincipal user) => new { deletedBy = user.FindFirstValue("sub") })
    .RequireAuthorization("account:write")
    .AddEndpointFilter(WithSecondFactor)
    .AddEndpointFilter(UnlessRevoked);

app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"Listening on http://127.0.0.1:{port}"));
app.Run($"http://127.0.0.1:{port}");
