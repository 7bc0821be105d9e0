using System.Reflection;
using CleanJwt.Application.Abstractions;
using CleanJwt.Domain.Accounts;
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

    /// <summary>Adds this controller to the service.</summary>
    public static void AddTo(IServiceCollection services) => Add<ProbeController>(services);

    /// <summary>Adds any controller of the tests to the service.</summary>
    public static void Add<TController>(IServiceCollection services) => services.AddControllers().ConfigureApplicationPartManager(manager =>
    {
        manager.ApplicationParts.Add(new AssemblyPart(typeof(TController).Assembly));
        manager.FeatureProviders.Add(new OneController<TController>());
    });

    private sealed class OneController<TController> : ControllerFeatureProvider
    {
        protected override bool IsController(TypeInfo typeInfo) => typeInfo.AsType() == typeof(TController);
    }
}
