using CleanJwt.Infrastructure;

namespace CleanJwt.WebApi;

/// <summary>What the program does instead of serving when its arguments name a command.</summary>
internal static class Commands
{
    private const int UnknownCommand = 2;

    private static readonly Command[] All =
    [
        new("migrate", "make or update the database and its first keys", async services =>
        {
            await services.MigrateAsync();
            Console.WriteLine("The database is up to date.");
        }),
        new("sessions end-all", "end every session and replace the signing keys; stop all nodes first", async services =>
            Console.WriteLine($"Ended {await services.EndAllSessionsAsync()} sessions and replaced the signing keys.")),
    ];

    /// <returns>The exit code, or null when the arguments name no command. Settings (<c>--Key=value</c>) may stand before and after it.</returns>
    public static async Task<int?> TryRunAsync(IServiceProvider services, string[] args)
    {
        if (args is ["--help" or "-h" or "help", ..])
        {
            await WriteHelpAsync(Console.Out);
            return 0;
        }

        var name = string.Join(' ', args.SkipWhile(IsSetting).TakeWhile(argument => !argument.StartsWith('-')));
        if (name.Length == 0)
        {
            return null;
        }

        if (Array.Find(All, command => command.Name == name) is { } command)
        {
            await command.RunAsync(services);
            return 0;
        }

        await Console.Error.WriteLineAsync($"Unknown command '{name}'.");
        await WriteHelpAsync(Console.Error);
        return UnknownCommand;
    }

    private static bool IsSetting(string argument) => argument.StartsWith("--", StringComparison.Ordinal) && argument.Contains('=', StringComparison.Ordinal);

    private static async Task WriteHelpAsync(TextWriter writer)
    {
        await writer.WriteLineAsync("Without a command the service starts; the commands are:");
        foreach (var command in All)
        {
            await writer.WriteLineAsync($"  {command.Name,-20} {command.Help}");
        }

        await writer.WriteLineAsync("Any setting can be given as --Key=value, such as --Database:CommandTimeout=00:00:03.");
    }

    private sealed record Command(string Name, string Help, Func<IServiceProvider, Task> RunAsync);
}
