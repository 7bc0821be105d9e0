using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace CleanJwt.Infrastructure.Persistence;

/// <summary>
/// Builds EF Core's model once. That takes a second and more on a busy machine, so no request may spend its time-out on
/// it.
/// </summary>
internal sealed class EntityModel(IDbContextFactory<AppDbContext> contexts)
{
    private readonly Lock _lock = new();
    private Task? _build;

    public bool IsBuilt => _build is { IsCompletedSuccessfully: true };

    /// <summary>Builds the model on the thread pool, or waits for the build that is under way.</summary>
    /// <remarks>After a failure, the next call builds again.</remarks>
    public Task BuildAsync()
    {
        lock (_lock)
        {
            return _build = _build is null or { IsFaulted: true } ? Task.Run(Build) : _build;
        }
    }

    private void Build()
    {
        using var context = contexts.CreateDbContext();
        _ = context.Model;
    }
}

/// <summary>Work asked for a context before EF Core's model was built. The work runs again once it is.</summary>
internal sealed class ModelNotBuiltException() : Exception("EF Core's model is not built yet.");

/// <summary>
/// Builds the model soon after the service listens. The start and the first reads do without the model.
/// </summary>
internal sealed class EntityModelBuilder(EntityModel model, IHostApplicationLifetime lifetime) : IHostedService
{
    // The build takes a processor from the first requests. Work that needs the model earlier begins the build itself.
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() => _ = BuildLaterAsync());
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task BuildLaterAsync()
    {
        try
        {
            await Task.Delay(Delay, lifetime.ApplicationStopping);
            await model.BuildAsync();
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // The service stops before it needed the model.
        }
    }
}
