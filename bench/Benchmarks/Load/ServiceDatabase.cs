using CleanJwt.Application;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Infrastructure;
using CleanJwt.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;

namespace CleanJwt.Benchmarks.Load;

/// <summary>A database of the present build in a folder. The parts of the service itself read and write it.</summary>
internal sealed class ServiceDatabase : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private ServiceDatabase(ServiceProvider services) => _services = services;

    /// <summary>The settings of a process that serves a folder.</summary>
    public static Dictionary<string, string?> SettingsFor(string folder) => new()
    {
        ["ConnectionStrings:Default"] = $"Data Source={PathIn(folder)}",
        ["Jwt:Issuer"] = "http://localhost",
        ["RateLimiting:Enabled"] = "false", // all requests come from one address
        ["Jwt:AccessTokenLifetime"] = "01:00:00", // a run may take longer than the default of ten minutes
        ["MALLOC_MMAP_THRESHOLD_"] = "65536", // as in the Dockerfile
    };

    public static string PathIn(string folder) => Path.Combine(folder, "cleanjwt.db");

    /// <summary>Opens the database of a folder, or creates it.</summary>
    public static async Task<ServiceDatabase> OpenAsync(string folder)
    {
        var root = Directory.CreateDirectory(folder).FullName;
        var environment = new HostingEnvironment { ContentRootPath = root, EnvironmentName = Environments.Production };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(SettingsFor(root)).Build();
        var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton<IHostEnvironment>(environment)
            .AddLogging()
            .AddMetrics()
            .AddApplication()
            .AddInfrastructure(environment, configuration)
            .BuildServiceProvider();
        await services.PrepareAsync();
        return new ServiceDatabase(services);
    }

    public AppDbContext CreateContext() => Get<IDbContextFactory<AppDbContext>>().CreateDbContext();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>
    /// Writes the addresses of some accounts, spread evenly over all accounts, and tokens of their newest sessions.
    /// </summary>
    public async Task<Sample> SampleAsync(int count)
    {
        var folder = Directory.CreateTempSubdirectory("cleanjwt-bench-").FullName;
        var sample = new Sample(
            Path.Combine(folder, "emails"),
            Path.Combine(folder, "access-tokens"),
            Path.Combine(folder, "refresh-tokens"));
        var (emails, access, refresh) = (new List<string>(), new List<string>(), new List<string>());
        await using var db = CreateContext();
        var accounts = await db.Users.CountAsync();
        var users = Math.Min(count, accounts);
        var step = accounts / users;
        for (var number = 0; number < users * step; number += step)
        {
            var email = EmailAddress.Parse(Seeding.EmailOf(number)).Normalized;
            var user = await db.Users.AsNoTracking().SingleAsync(user => user.NormalizedEmail == email);
            var session = await db.Sessions.AsNoTracking()
                .Where(session => session.AccountId == user.Id && session.EndedAt == null)
                .OrderByDescending(session => session.CreatedAt)
                .FirstAsync();
            emails.Add(user.Email!);
            access.Add(Get<IAccessTokenService>().Issue(session, [], session.Scope, DateTimeOffset.UtcNow).Token);
            refresh.Add(Get<IRefreshTokenService>().Write(new RefreshToken(session.Id, session.Generation)));
        }

        await File.WriteAllLinesAsync(sample.Emails, emails);
        await File.WriteAllLinesAsync(sample.AccessTokens, access);
        await File.WriteAllLinesAsync(sample.RefreshTokens, refresh);
        return sample;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}

/// <summary>Files with one line per account.</summary>
internal sealed record Sample(string Emails, string AccessTokens, string RefreshTokens);
