using System.Collections.Concurrent;
using CleanJwt.Infrastructure.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CleanJwt.WebApi.FunctionalTests.Support;

/// <summary>
/// Computes each hash of the service's own hasher once for all tests of the assembly. Thousands of tests sign in with
/// the same password, and one hash takes longer than all else that a sign-in does. The tests of hashing itself, and
/// those that start the program, compute every hash.
/// </summary>
internal sealed class RememberingPasswordHasher(IPasswordHasher<AppUser> hasher) : IPasswordHasher<AppUser>
{
    private static readonly ConcurrentDictionary<string, string> Hashes = new();
    private static readonly ConcurrentDictionary<(
        string Hash, string Password), PasswordVerificationResult> Results = new();

    public static void AddTo(IServiceCollection services)
    {
        var real = services.Last(
            service => service.ServiceType == typeof(IPasswordHasher<AppUser>)).ImplementationType!;
        services.Replace(ServiceDescriptor.Singleton<IPasswordHasher<AppUser>>(provider =>
            new RememberingPasswordHasher(
                (IPasswordHasher<AppUser>)ActivatorUtilities.CreateInstance(provider, real))));
    }

    /// <returns>One hash, and so one salt, for all accounts with this password.</returns>
    public string HashPassword(AppUser user, string password) =>
        Hashes.GetOrAdd(password, unknown => hasher.HashPassword(user, unknown));

    public PasswordVerificationResult VerifyHashedPassword(
        AppUser user, string hashedPassword, string providedPassword) =>
        Results.GetOrAdd(
            (hashedPassword, providedPassword), pair => hasher.VerifyHashedPassword(user, pair.Hash, pair.Password));
}
