// A service that trusts the tokens of another: GET /notes needs account:read, POST /notes needs account:write.
// ASPNETCORE_ENVIRONMENT=Development ISSUER=http://localhost:5080 AUDIENCE=cleanjwt-api PORT=5081 dotnet run --project samples/aspnetcore
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
    options.Authority = issuer; // Its metadata tell the name of the issuer and where the keys are.
    options.Audience = audience;
    options.RequireHttpsMetadata = !builder.Environment.IsDevelopment();
    options.AutomaticRefreshInterval = TimeSpan.FromMinutes(5); // How long the keys may be kept; 12 hours otherwise.
    options.MapInboundClaims = false; // "sub" stays "sub".
    options.TokenValidationParameters.ValidTypes = ["at+jwt"];
    options.TokenValidationParameters.ValidAlgorithms = ["ES256"];
    options.TokenValidationParameters.TryAllIssuerSigningKeys = false; // The key that the token names, and no other.
    options.TokenValidationParameters.ClockSkew = TimeSpan.FromSeconds(5); // 5 minutes otherwise.
    options.Events = new JwtBearerEvents { OnForbidden = NameTheScope };
});

// A key that the issuer has withdrawn is good no longer. Otherwise it would be for another hour.
builder.Services.PostConfigure<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme, options =>
    ((BaseConfigurationManager)options.ConfigurationManager!).UseLastKnownGoodConfiguration = false);

// One policy a scope, named like it.
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

// The token is good by its signature. Only the service that wrote it knows whether its session was ended since.
// 200: it was not. 401: it was. Anything else is no answer, and no answer is no.
async Task<HttpStatusCode> AskAsync(HttpContext context)
{
    using var question = new HttpRequestMessage(HttpMethod.Get, $"{issuer}/api/auth/token");
    question.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await context.GetTokenAsync("access_token"));
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

var app = builder.Build();

app.MapGet("/notes", (ClaimsPrincipal user) => new { readBy = user.FindFirstValue("sub") })
    .RequireAuthorization("account:read");

app.MapPost("/notes", (ClaimsPrincipal user) => new { writtenBy = user.FindFirstValue("sub") })
    .RequireAuthorization("account:write")
    .AddEndpointFilter(UnlessRevoked);

app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"Listening on http://127.0.0.1:{port}"));
app.Run($"http://127.0.0.1:{port}");
