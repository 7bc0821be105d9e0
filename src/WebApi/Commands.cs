using CleanJwt.Infrastructure;

namespace CleanJwt.WebApi;

/// <summary>What the program does instead of serving when its arguments name a command.</summary>
internal static class Commands
{
    private const int UnknownCommand = 2;

    private static readonly Command[] All =
    [
        new("migrate", "make or update the database and its first keys", services => services.MigrateAsync()),
        new("sessions end-all", "end every session and replace the signing keys; stop all nodes first", async services =>
            Console.WriteLine($"Ended {await services.EndAllSessionsAsync()} sessions and replaced the signing keys.")),
    ];

    /// <returns>The exit code, or null when the arguments name no command. Settings (<c>--Key=value</c>) may follow it.</returns>
    public static async Task<int?> TryRunAsync(IServiceProvider services, string[] args)
    {
        var name = string.Join(' ', args.TakeWhile(argument => !argument.StartsWith('-')));
        if (name.Length == 0)
        {
            return null;
        }

        if (Array.Find(All, command => command.Name == name) is { } command)
        {
            await command.RunAsync(services);
            return 0;
        }

        await Console.Error.WriteLineAsync($"Unknown command '{name}'. Without one the service starts; the commands are:");
        foreach (var known in All)
        {
            await Console.Error.WriteLineAsync($"  {known.Name,-20} {known.Help}");
        }

        return UnknownCommand;
    }

    private sealed record Command(string Name, string Help, Func<IServiceProvider, Task> RunAsync);
}
