using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net.Http.Json;
using System.Security.Claims;
using CleanJwt.Domain.Accounts;
using CleanJwt.WebApi.Authentication;
using CleanJwt.WebApi.FunctionalTests.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.WebApi.FunctionalTests.FastPath;

/// <summary>
/// A cached token is answered as a new one is, whatever an application has added to the authentication.
/// </summary>
[TestFixture(TokenPath.Fast)]
[TestFixture(TokenPath.Standard, Category = "Exhaustive")]
internal sealed class CachedTokens(TokenPath path)
{
    private const int Times = 4;

    [Test]
    public async Task TokenSeenBefore_IsNotAuthenticatedAgain()
    {
        var authenticated = 0;
        await using var app = new CleanJwtApp(
            path: path, configure: services => services.PostConfigureAll<JwtBearerOptions>(options =>
        {
            var usual = options.Events.OnMessageReceived;
            options.Events.OnMessageReceived = context =>
            {
                authenticated++;
                return usual(context);
            };
        }));
        var client = app.CreateClient((await app.LoginAsync()).AccessToken);
        authenticated = 0;
        for (var i = 0; i < Times; i++)
        {
            await (await client.GetAsync("/api/auth/token")).ShouldBeAsync(200);
        }

        Assert.That(
            authenticated,
            Is.EqualTo(path == TokenPath.Fast ? 1 : Times),
            "WebApplication has added authentication a second time");
    }

    [Test]
    public async Task TokenSeenBeforeWithoutTheScope_IsRefusedAsAnyOther()
    {
        await using var app = new CleanJwtApp(path: path);
        var client = app.CreateClient((await app.LoginAsync(scope: Scopes.AccountRead)).AccessToken);
        for (var i = 0; i < Times; i++)
        {
            await (await client.GetAsync("/api/users/me")).ShouldBeAsync(200);
            var refused = await client.PatchAsJsonAsync("/api/users/me", new { displayName = "Ada" });
            await refused.ShouldBeProblemAsync(403, "insufficient-scope");
            Assert.That(
                refused.Headers.WwwAuthenticate.Single().ToString(),
                Is.EqualTo("Bearer error=\"insufficient_scope\", scope=\"account:write\""));
            await (await client.GetAsync("/api/admin/users")).ShouldBeProblemAsync(403, "insufficient-scope");
        }
    }

    [Test]
    public async Task TwoHeaders_AreNoTokenThatWasSeenBefore()
    {
        await using var app = new CleanJwtApp(path: path);
        var token = (await app.LoginAsync()).AccessToken;
        await (await app.MeAsync(token)).ShouldBeAsync(200);
        var twice = new HttpRequestMessage(HttpMethod.Get, "/api/users/me");
        twice.Headers.TryAddWithoutValidation("Authorization", [$"Bearer {token}", $"Bearer {token}"]);
        await BearerErrors.ShouldBeRefusedAsync(await app.CreateClient().SendAsync(twice), "invalid-token");
    }

    [Test]
    public async Task ClaimsOfTheApplication_AreAddedToEveryRequest()
    {
        var seen = new List<int>();
        await using var app = new CleanJwtApp(path: path, configure: services =>
        {
            services.AddScoped<IClaimsTransformation, Tenant>();
            services.AddSingleton<IAuthorizationHandler>(
                new Looking(context => seen.Add(context.User.FindAll("tenant").Count())));
        });
        var client = app.CreateClient((await app.LoginAsync()).AccessToken);
        for (var i = 0; i < Times; i++)
        {
            await (await client.GetAsync("/api/auth/token")).ShouldBeAsync(200);
        }

        Assert.That(seen, Is.EqualTo(Enumerable.Repeat(1, Times)));
    }

    [Test]
    public async Task HandlerOfTheApplication_MayRefuseEveryRequest()
    {
        var refuse = false;
        await using var app = new CleanJwtApp(
            path: path, configure: services => services.AddSingleton<IAuthorizationHandler>(new Looking(context =>
        {
            if (refuse)
            {
                context.Fail();
            }
        })));
        var client = app.CreateClient((await app.LoginAsync()).AccessToken);
        foreach (var route in new[] { "/api/auth/token", "/api/users/me" })
        {
            refuse = false;
            await (await client.GetAsync(route)).ShouldBeAsync(200);
            refuse = true;
            await (await client.GetAsync(route)).ShouldBeProblemAsync(403, "insufficient-scope");
        }
    }

    [TestCase(ServiceLifetime.Scoped)]
    [TestCase(ServiceLifetime.Transient)]
    [Category("Exhaustive")]
    public async Task HandlerOfARequest_SeesEveryRequestAndIsNoneOfAnother(ServiceLifetime lifetime)
    {
        var made = 0;
        var seen = new List<int>();
        await using var app = new CleanJwtApp(path: path, configure: services => services.Add(new ServiceDescriptor(
            typeof(IAuthorizationHandler),
            _ =>
            {
                var number = Interlocked.Increment(ref made);
                return new Looking(context => seen.Add(number));
            },
            lifetime)));
        var client = app.CreateClient((await app.LoginAsync()).AccessToken);
        for (var i = 0; i < Times; i++)
        {
            await (await client.GetAsync("/api/auth/token")).ShouldBeAsync(200);
            await (await client.PatchAsJsonAsync("/api/users/me", new { displayName = "Ada" })).ShouldBeAsync(200);
        }

        Assert.That(seen, Has.Count.EqualTo(2 * Times).And.Unique);
    }

    /// <summary>
    /// It goes the short way first and then the usual one, which both ask whether anything is known of revocations.
    /// </summary>
    [Test]
    [Category("Load")] // it waits for the list to be too old
    public async Task RequestRefusedForWantOfNews_IsCountedOnce()
    {
        IMeterFactory? meters = null;
        await using var app = new CleanJwtApp(
            new() { ["Revocation:MaxStaleness"] = "00:00:02", ["Revocation:PollInterval"] = "00:00:00.2" },
            path: path,
            configure: services =>
                services.AddOptions<AuthenticationOptions>().Configure<IMeterFactory>(
                    (_, factory) => meters = factory));
        var client = app.CreateClient((await app.LoginAsync()).AccessToken);
        await (await client.GetAsync("/api/auth/token")).ShouldBeAsync(200);
        var counted = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "cleanjwt.revocation.refused" && instrument.Meter.Scope == meters)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, measured, _, _) => Interlocked.Add(ref counted, measured));
        listener.Start();
        app.Sql("DROP TABLE Revocations");

        var refused = 0;
        for (var waited = Stopwatch.StartNew(); refused < Times; await Task.Delay(50))
        {
            Assert.That(waited.Elapsed, Is.LessThan(TimeSpan.FromSeconds(30)), "the list is never too old");
            var answer = await (await client.GetAsync("/api/auth/token")).AnswerAsync();
            Assert.That(answer, Is.AnyOf("200", "503 revocation-unavailable"));
            refused += answer == "200" ? 0 : 1;
        }

        Assert.That(counted, Is.EqualTo(refused));
    }

    [Test]
    public async Task ApplicationWithAnotherDefaultScheme_IsNotShownATokenAsItsUser()
    {
        await using var app = new CleanJwtApp(
            OAuthRequests.WithClients,
            path: path,
            configure: services =>
                services.PostConfigure<AuthenticationOptions>(
                    options => options.DefaultScheme = BasicClientHandler.SchemeName));
        var token = (await app.LoginAsync()).AccessToken;
        await (await app.CreateClient().IntrospectAsync(token)).ShouldBeActiveAsync(); // it is known from here on
        await (await app.CreateClient(token).GetAsync("/api/auth/token")).ShouldBeAsync(401);
    }

    private sealed class Tenant : NoopClaimsTransformation, IClaimsTransformation
    {
        public override Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
        {
            principal.AddIdentity(new ClaimsIdentity([new Claim("tenant", "one")]));
            return Task.FromResult(principal);
        }
    }

    private sealed class Looking(Action<AuthorizationHandlerContext> look) : IAuthorizationHandler
    {
        public Task HandleAsync(AuthorizationHandlerContext context)
        {
            look(context);
            return Task.CompletedTask;
        }
    }
}
