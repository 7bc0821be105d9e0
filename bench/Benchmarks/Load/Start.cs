namespace CleanJwt.Benchmarks.Load;

/// <summary>One start of a server.</summary>
/// <param name="TimeToAnswer">The time from the start of the process until its first answer 200.</param>
/// <param name="Memory">The resident memory in MiB, two seconds later.</param>
internal sealed record Start(TimeSpan TimeToAnswer, double Memory)
{
    /// <inheritdoc cref="Server.StartAsync"/>
    public static async Task<Start> MeasureAsync(
        string dll, string cores, Dictionary<string, string?> settings, string path, string? bearerToken = null)
    {
        await using var server = await Server.StartAsync(dll, cores, settings, path, bearerToken);
        await Task.Delay(TimeSpan.FromSeconds(2));
        return new Start(server.TimeToAnswer, server.ResidentMemory);
    }
}
