using System.Reflection;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Sessions;
using CleanJwt.WebApi.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.WebApi.FunctionalTests.Support;

/// <summary>A controller as a user of this service would add one, with nothing in it but its own work.</summary>
[Route("probe")]
internal sealed class ProbeController : ControllerBase
{
    [HttpGet("open")]
    public ActionResult Open() => Ok(new { headers = Request.Headers.Authorization.Count });

    [Authorize]
    [HttpGet("protected")]
    public ActionResult Protected() => Ok(new { ran = true });

    [Authorize]
    [HttpGet("token")]
    public ActionResult ReadToken([BearerToken] AccessToken token) => Ok(new { id = token.AccountId });

    [Authorize]
    [HttpGet("user")]
    public ActionResult ReadUser([CurrentUser] Account user) => Ok(new { id = user.Id, email = user.Email });

    [HttpGet("user-without-attribute")]
    public ActionResult ReadUserOfAnybody([CurrentUser] Account user) => Ok(new { id = user.Id });

    [RequireScope(Scopes.AccountWrite)]
    [HttpPost("write")]
    public ActionResult Write() => Ok(new { ran = true });

    [RequireScope(Scopes.UsersRead)]
    [HttpGet("user-of-scope")]
    public ActionResult ReadUserOfScope([CurrentUser] Account user) => Ok(new { id = user.Id });

    [RequireLiveSession]
    [HttpPost("live")]
    public ActionResult WriteLive() => Ok(new { ran = true });

    [RequireLiveSession(Scopes.AccountWrite)]
    [HttpPost("live-of-scope")]
    public ActionResult WriteLiveOfScope() => Ok(new { ran = true });

    [RequireLiveSession(Scopes.UsersWrite)]
    [HttpPost("live-of-admins")]
    public ActionResult WriteLiveOfAdmins() => Ok(new { ran = true });

    [RequireRecentSignIn]
    [HttpPost("recent")]
    public ActionResult WriteRecent() => Ok(new { ran = true });

    [RequireRecentSignIn(Scopes.AccountWrite)]
    [HttpPost("recent-of-scope")]
    public ActionResult WriteRecentOfScope() => Ok(new { ran = true });

    [RequireRecentSignIn(Scopes.UsersWrite)]
    [HttpPost("recent-of-admins")]
    public ActionResult WriteRecentOfAdmins() => Ok(new { ran = true });

    [RequireRecentSignIn(Acr = Acr.TwoFactor)]
    [HttpPost("two-factor")]
    public ActionResult WriteWithTwoFactors() => Ok(new { ran = true });

    [RequireRecentSignIn(Scopes.AccountWrite, Acr = Acr.PhishingResistant)]
    [HttpPost("phishing-resistant")]
    public ActionResult WriteByPasskey() => Ok(new { ran = true });

    [RequireScope(Scopes.UsersRead)]
    [HttpGet("read-of-admins")]
    public ActionResult ReadOfAdmins() => Ok(new { ran = true });

    /// <summary>Adds this controller to the service.</summary>
    public static void AddTo(IServiceCollection services) => services.AddTestController<ProbeController>();
}

/// <summary>Actions with one mistake each, but for the last, which has none.</summary>
[Route("api/careless")]
internal sealed class CarelessController : ControllerBase
{
    [HttpGet("open")]
    public ActionResult Open() => Ok();

    [Authorize]
    [HttpPost("write")]
    public ActionResult Write() => Ok();

    [RequireScope(Scopes.AccountWrite)]
    [HttpPut("write")]
    public ActionResult WriteWithoutALookup() => Ok();

    [Authorize]
    [Route("any-method")]
    public ActionResult Any() => Ok();

    [RequireScope(Scopes.AccountWrite)]
    [HttpGet("both")]
    [HttpDelete("both")]
    public ActionResult ReadOrDelete() => Ok();

    [RequireLiveSession(Scopes.AccountWrite)]
    [RequireRecentSignIn]
    [HttpPost("two-proofs")]
    public ActionResult ProveTwice() => Ok();

    [AllowAnonymous]
    [RequireLiveSession]
    [HttpPost("void")]
    public ActionResult ProveInVain() => Ok();

    [RequireLiveSession(Scopes.AccountWrite)]
    [HttpPost("good")]
    public ActionResult Good() => Ok();

    /// <summary>Adds this controller to the service.</summary>
    public static void AddTo(IServiceCollection services) => services.AddTestController<CarelessController>();
}

internal static class TestControllers
{
    public static void AddTestController<T>(this IServiceCollection services)
        where T : ControllerBase => services.AddControllers().ConfigureApplicationPartManager(manager =>
        {
            manager.ApplicationParts.Add(new AssemblyPart(typeof(T).Assembly));
            manager.FeatureProviders.Add(new OneController(typeof(T)));
        });

    private sealed class OneController(Type controller) : ControllerFeatureProvider
    {
        protected override bool IsController(TypeInfo typeInfo) => typeInfo.AsType() == controller;
    }
}
