using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CleanJwt.Infrastructure.IntegrationTests.Persistence;

/// <summary>On a busy machine EF Core builds its model for longer than a request may wait for the database.</summary>
internal sealed class SlowEntityModel
{
    private readonly TestDatabase _database = new(DatabaseKind.Sqlite);

    [TearDown]
    public void Clean() => _database.Dispose();

    [Test]
    [Category("Load")]
    public async Task FirstWrite_WaitsForTheModelWithoutATimeout()
    {
        SlowContexts? contexts = null;
        await using var node = await Node.StartAsync(
            _database,
            new() { ["Database:CommandTimeout"] = "00:00:01" },
            services => services.Replace(ServiceDescriptor.Singleton<IDbContextFactory<AppDbContext>>(
                provider => contexts = ActivatorUtilities.CreateInstance<SlowContexts>(provider))));
        Assert.That(await node.AddAccountAsync(), Is.Not.EqualTo(Guid.Empty));
        Assert.That(contexts?.HasBuilt, Is.True, "the write waited for the slow build");
        Assert.That(node.Get<EntityModel>().IsBuilt);
    }

    private sealed class SlowContexts(IDbContextFactory<SqliteDbContext> contexts) : IDbContextFactory<AppDbContext>
    {
        public bool HasBuilt { get; private set; }

        public AppDbContext CreateDbContext()
        {
            Thread.Sleep(TimeSpan.FromSeconds(2));
            HasBuilt = true;
            return contexts.CreateDbContext();
        }
    }
}
