using System.Data.Common;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CleanJwt.WebApi.FunctionalTests.Support;

/// <summary>The whole service in this process, over a database of its own.</summary>
internal sealed class CleanJwtApp : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly WebApplicationFactory<Program> _factory;

    /// <param name="settings">By their configuration keys, on top of the defaults.</param>
    /// <param name="time">Starts at the real time when absent; either way it moves only when a test says so.</param>
    /// <param name="configure">Replaces a service that the test needs to see or to fail.</param>
    /// <param name="environment">Development, whose settings need nothing set, when absent.</param>
    public CleanJwtApp(
        Dictionary<string, string?>? settings = null,
        FakeTimeProvider? time = null,
        Action<IServiceCollection>? configure = null,
        string environment = "Development",
        DatabaseKind kind = DatabaseKind.Sqlite,
        TokenPath path = TokenPath.Fast)
    {
        _database = new TestDatabase(kind);
        Time = time ?? new FakeTimeProvider(DateTimeOffset.UtcNow);
        Commands = new CommandCounter();
        Logs = new LogCollector();
        _factory = new WebApplicationFactory<Program>().WithWebHostBuilder(host =>
        {
            host.UseEnvironment(environment);
            foreach (var (key, value) in _database.Settings)
            {
                host.UseSetting(key, value);
            }

            if (kind == DatabaseKind.SqlServer)
            {
                // Keys in files would lie in the content root, which all services of this process share.
                host.UseSetting("KeyProtection:CertificatePath", KeyCertificate.WriteTo(_database.Folder));
                host.UseSetting("KeyProtection:CertificatePassword", TestAccounts.Password);
            }

            // Only some tests listen at all. Each takes a free port, so that several runs of the tests fit on one
            // machine.
            host.UseSetting("urls", "http://127.0.0.1:0");

            // All tests come from one address. Those of the limits turn it on.
            host.UseSetting("RateLimiting:Enabled", "false");

            // Mails would be written at each sign-up. The tests of mail turn them on.
            host.UseSetting("Mail:Transport", "None");

            // A test's clock leaps over months faster than the keys are read again.
            host.UseSetting("Jwt:KeyLifetime", "3650.00:00:00");
            foreach (var (key, value) in settings ?? [])
            {
                host.UseSetting(key, value);
            }

            host.ConfigureLogging(logging => logging.ClearProviders().AddProvider(Logs));
            host.ConfigureTestServices(services =>
            {
                services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Time));
                Commands.AddTo(services);
                RememberingPasswordHasher.AddTo(services);
                if (path == TokenPath.Standard)
                {
                    services.RemoveFastPath();
                }

                configure?.Invoke(services);
            });
        });
    }

    public FakeTimeProvider Time { get; }

    public CommandCounter Commands { get; }

    public LogCollector Logs { get; }

    /// <summary>All that the service answers, as its host has it.</summary>
    public IEnumerable<RouteEndpoint> Endpoints =>
        _factory.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    /// <summary>A service that is one for the whole application.</summary>
    public T Get<T>()
        where T : notnull => _factory.Services.GetRequiredService<T>();

    /// <summary>Opens a connection beside the service, as a thief of the database could.</summary>
    public DbConnection OpenDatabase() => _database.Open();

    /// <summary>Of an SQLite database.</summary>
    public string DatabasePath => _database.FilePath;

    /// <summary>
    /// Has the real server answer, and not only the one for tests. To be called before anything else.
    /// </summary>
    public Uri StartOnKestrel()
    {
        _factory.UseKestrel(0);
        _factory.StartServer();
        return _factory.ClientOptions.BaseAddress;
    }

    /// <summary>A client of an address of its own, such as <c>https://auth.example.com</c>.</summary>
    public HttpClient CreateClientOf(string address) =>
        _factory.CreateClient(
            new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, BaseAddress = new Uri(address) });

    public HttpClient CreateClient() => CreateClientOf(_factory.ClientOptions.BaseAddress.OriginalString);

    /// <summary>A client whose requests carry the access token.</summary>
    public HttpClient CreateClient(string accessToken)
    {
        var client = CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        return client;
    }

    /// <returns>The address of the new account, whose password is <see cref="TestAccounts.Password"/>.</returns>
    public async Task<string> RegisterAsync(string? email = null)
    {
        email ??= TestAccounts.UniqueEmail();
        var response = await CreateClient().PostAsJsonAsync(
            "/api/auth/register", new { email, password = TestAccounts.Password });
        await response.ShouldBeAsync(201);
        return email;
    }

    /// <summary>Signs in, to a new account when no address is given.</summary>
    public async Task<TokenPair> LoginAsync(string? email = null, string? scope = null)
    {
        email ??= await RegisterAsync();
        var response = await CreateClient().PostAsJsonAsync(
            "/api/auth/login", new { email, password = TestAccounts.Password, scope });
        await response.ShouldBeAsync(200);
        return TokenPair.From(await response.JsonAsync());
    }

    public Task<HttpResponseMessage> RefreshAsync(string refreshToken) =>
        CreateClient().PostAsJsonAsync("/api/auth/refresh", new { refreshToken });

    public Task<HttpResponseMessage> MeAsync(string accessToken) => CreateClient(accessToken).GetAsync("/api/users/me");

    /// <summary>
    /// Runs SQL beside the service, as an operator could. Parameters are positional: <c>@p0</c>, <c>@p1</c>.
    /// </summary>
    public object? Sql(string sql, params object[] parameters) => _database.Sql(sql, parameters);

    public async ValueTask DisposeAsync()
    {
        await _factory.DisposeAsync();
        _database.Dispose();
    }
}
