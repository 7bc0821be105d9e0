using CleanJwt.Application.Ports;
using CleanJwt.Infrastructure.Persistence;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace CleanJwt.Infrastructure.IntegrationTests.Support;

/// <summary>
/// The services of this layer, composed as the API composes them, over a database. Two over one database are two nodes.
/// </summary>
internal sealed class Node : IAsyncDisposable
{
    public const string Password = "correct horse battery staple";

    private readonly IHost _host;
    private readonly string _folder;
    private readonly TestDatabase? _database;

    /// <param name="settings">By their configuration keys, on top of the defaults.</param>
    /// <param name="configure">Replaces or adds a service that the test needs to see.</param>
    public Node(
        TestDatabase database,
        Dictionary<string, string?>? settings = null,
        Action<IServiceCollection>? configure = null)
        : this(database.Folder, new([.. database.Settings, .. settings ?? []]), configure) => _database = database;

    /// <summary>On the SQLite database in a folder.</summary>
    /// <inheritdoc cref="Node(TestDatabase, Dictionary{string, string?}?, Action{IServiceCollection}?)"/>
    public Node(
        string folder, Dictionary<string, string?>? settings = null, Action<IServiceCollection>? configure = null)
    {
        _folder = folder;
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings
            {
                ContentRootPath = folder,
                EnvironmentName = Environments.Development
            });
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?> { ["Mail:Transport"] = "None" }); // the tests of mail turn it on
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddInfrastructure(builder.Environment, builder.Configuration);
        builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Time));
        configure?.Invoke(builder.Services);
        _host = builder.Build();
    }

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UtcNow);

    public string DatabasePath => DatabasePathIn(_folder);

    public string KeyFolder => Path.Combine(_folder, "data", "keys");

    public static string DatabasePathIn(string folder) => Path.Combine(folder, "data", "cleanjwt.db");

    public static Task<Node> StartAsync(
        TestDatabase database,
        Dictionary<string, string?>? settings = null,
        Action<IServiceCollection>? configure = null) =>
        StartAsync(new Node(database, settings, configure));

    /// <inheritdoc cref="Node(string, Dictionary{string, string?}?, Action{IServiceCollection}?)"/>
    public static Task<Node> StartAsync(
        string folder, Dictionary<string, string?>? settings = null, Action<IServiceCollection>? configure = null) =>
        StartAsync(new Node(folder, settings, configure));

    public Task PrepareAsync() => _host.Services.PrepareAsync();

    public Task EndAllSessionsAsync() => _host.Services.EndAllSessionsAsync();

    /// <summary>A service that is one for the whole node.</summary>
    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>Does something with a service as one request would.</summary>
    public async Task<TResult> InRequestAsync<T, TResult>(Func<T, Task<TResult>> use)
        where T : notnull
    {
        await using var scope = _host.Services.CreateAsyncScope();
        return await use(scope.ServiceProvider.GetRequiredService<T>());
    }

    public Task<TResult> WithUsersAsync<TResult>(Func<IUserRepository, Task<TResult>> use) => InRequestAsync(use);

    public Task<TResult> WithDatabaseAsync<TResult>(Func<AppDbContext, Task<TResult>> use) => InRequestAsync(use);

    /// <summary>
    /// Runs SQL beside the node, as an operator could. Parameters are positional: <c>@p0</c>, <c>@p1</c>.
    /// </summary>
    public object? Sql(string sql, params object[] parameters) =>
        _database is null ? SqliteScript.Scalar(DatabasePath, sql, parameters) : _database.Sql(sql, parameters);

    public ValueTask DisposeAsync()
    {
        _host.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<Node> StartAsync(Node node)
    {
        await node.PrepareAsync();
        return node;
    }
}
