using CleanJwt.Application.Ports;
using CleanJwt.Application.Sessions;
using CleanJwt.Infrastructure.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.Infrastructure.Sessions;

/// <summary>Registers the sessions and their settings.</summary>
internal static class SessionServices
{
    public static void AddSessions(this IServiceCollection services)
    {
        services.AddSettings<SessionOptions>(SessionOptions.SectionName);
        services.AddSettings<StepUpOptions>(StepUpOptions.SectionName);
        services.AddSingleton<ISessionRepository, SessionRepository>();
    }
}
