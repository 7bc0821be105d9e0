using CleanJwt.Application.Pipeline;
using CleanJwt.Application.Sessions;
using CleanJwt.WebApi.AccountPages;
using CleanJwt.WebApi.Authentication;
using CleanJwt.WebApi.Cookies;
using CleanJwt.WebApi.DevMail;
using CleanJwt.WebApi.Errors;
using CleanJwt.WebApi.FastPath;
using CleanJwt.WebApi.Health;
using CleanJwt.WebApi.Hosting;
using CleanJwt.WebApi.Http;
using CleanJwt.WebApi.OpenApi;
using CleanJwt.WebApi.RateLimiting;

namespace CleanJwt.WebApi;

/// <summary>Registers this layer and builds its pipeline. Each folder registers its own part.</summary>
internal static class DependencyInjection
{
    public static void AddWebApi(this WebApplicationBuilder builder)
    {
        builder.AddHosting();
        builder.Services.AddUseCases();
        builder.Services.AddTrustedProxies();
        builder.Services.AddCrossOrigin();
        builder.Services.AddRefreshCookie();
        builder.Services.AddJsonControllers();
        builder.Services.AddClientRateLimit();
        builder.Services.AddTokenAuthentication();
        builder.Services.AddApiDocument();
        builder.Services.AddAccountPages();
        builder.Services.AddFastPath();
    }

    /// <summary>Builds the pipeline. It depends on settings, so the settings must be valid before the call.</summary>
    public static void UseWebApi(this WebApplication app)
    {
        ListenAddresses.RemoveAbandonedSockets(app.Configuration);
        app.UseTrustedProxies();
        app.UseMiddleware<ResponseHeaders>();
        app.UseCrossOrigin(); // before all that refuses: a frontend must be able to read every refusal
        app.UseProblemDocuments();
        app.UseMiddleware<TrailingSlashGuard>();
        app.UseClientRateLimit();
        app.UseFastPath(standard => standard.UseAuthentication());
        app.UseAuthorization();
        app.UseMiddleware<FullHashingQueue>();

        var routes = app.MapGroup("").AnswerHeadAsGet();
        routes.MapControllers();
        routes.MapHealth();
        routes.MapApiDocument();
        routes.MapAccountPages();
        routes.MapDevMail(app.Environment);
    }

    private static void AddUseCases(this IServiceCollection services) => services.AddMediator(options =>
    {
        options.ServiceLifetime = ServiceLifetime.Singleton;
        options.Assemblies = [typeof(LoginCommand)];
        options.PipelineBehaviors = [typeof(ValidationBehavior<,>)];
    });
}
