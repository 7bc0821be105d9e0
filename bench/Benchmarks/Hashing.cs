using BenchmarkDotNet.Attributes;
using CleanJwt.Infrastructure.Accounts;
using CleanJwt.Infrastructure.Passwords;
using Microsoft.AspNetCore.Identity;

namespace CleanJwt.Benchmarks;

/// <summary>The cost of verifying a password, beside the default hash of ASP.NET Core Identity.</summary>
[MemoryDiagnoser]
public class Hashing
{
    private const string Password = "correct horse battery staple";
    private static readonly AppUser NoUser = new();

    private readonly Argon2PasswordHasher _argon2 = new();
    private readonly PasswordHasher<AppUser> _pbkdf2 = new();
    private readonly string _argon2Hash;
    private readonly string _pbkdf2Hash;

    public Hashing()
    {
        _argon2Hash = _argon2.HashPassword(NoUser, Password);
        _pbkdf2Hash = _pbkdf2.HashPassword(NoUser, Password);
    }

    [Benchmark]
    public PasswordVerificationResult Argon2id() => _argon2.VerifyHashedPassword(NoUser, _argon2Hash, Password);

    [Benchmark(Baseline = true)]
    public PasswordVerificationResult Pbkdf2() => _pbkdf2.VerifyHashedPassword(NoUser, _pbkdf2Hash, Password);
}
