namespace CleanJwt.WebApi.Cookies;

/// <summary>Registers the cookie of the refresh token.</summary>
internal static class CookieServices
{
    public static void AddRefreshCookie(this IServiceCollection services)
    {
        services.AddSingleton<CookieOrigins>();
        services.AddSingleton<RefreshCookie>();
    }
}
