using Microsoft.AspNetCore.DataProtection;

namespace CleanJwt.WebApi.FunctionalTests.Support;

internal static class AppServiceKey
{
    /// <summary>The signing key of the service in this process.</summary>
    public static ServiceKey ServiceKey(this CleanJwtApp app)
    {
        app.CreateClient().Dispose(); // the service makes its key when it starts, which is at the first client
        return new ServiceKey(app.OpenDatabase(), app.Get<IDataProtectionProvider>());
    }
}
