using CleanJwt.Application.Ports;
using CleanJwt.Infrastructure.Accounts;
using CleanJwt.Infrastructure.Passwords.Throttle;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.Infrastructure.Passwords;

/// <summary>Registers password hashing and the throttle of password attempts.</summary>
internal static class PasswordServices
{
    public static void AddPasswords(this IServiceCollection services)
    {
        services.AddSingleton<HashingThreads>();
        services.AddSingleton<IPasswordHasher<AppUser>, Argon2PasswordHasher>();
        services.AddSingleton<PasswordHashingService>();
        services.AddSingleton<IHashingQueue>(provider => provider.GetRequiredService<PasswordHashingService>());
        services.AddSingleton<AttemptKeys>();
        services.AddSingleton(new ThrottleLimits());
        services.AddSingleton<PasswordThrottle>();
    }
}
