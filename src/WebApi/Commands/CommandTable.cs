using CleanJwt.Infrastructure;
using CleanJwt.Infrastructure.Keys;
using Mediator;

namespace CleanJwt.WebApi.Commands;

/// <summary>What the program does instead of serving when its arguments name a command.</summary>
internal static class Commands
{
    private const int Succeeded = 0;
    private const int UnknownCommand = 2;

    private static readonly Command<IServiceProvider>[] All =
    [
        new("migrate", null, "make or update the database and its first keys", async (services, _) =>
        {
            await services.MigrateAsync();
            Console.WriteLine("The database is up to date.");
            return Succeeded;
        }),
        new("admin add", "EMAIL", "make an administrator; asks for the password", (services, email) =>
            WithDatabaseAsync(services, scope => AccountCommands.AddAdminAsync(scope.GetRequiredService<ISender>(), email))),
        new("users set-password", "EMAIL", "set a password and end the account's sessions; asks for the password", (services, email) =>
            WithDatabaseAsync(services, scope => AccountCommands.SetPasswordAsync(scope.GetRequiredService<ISender>(), email))),
        new("keys list", null, "show the signing keys", (services, _) => WithDatabaseAsync(services, KeyCommands.ListAsync)),
        new("keys rotate", null, "publish the next signing key; it signs 10 seconds later", (services, _) =>
            WithDatabaseAsync(services, KeyCommands.RotateAsync)),
        new("keys retire", "KID", "refuse every token under a signing key, such as one that was stolen", (services, keyId) =>
            WithDatabaseAsync(services, scope => KeyCommands.RetireAsync(scope, keyId))),
        new("sessions end-all", null, "end every session and replace the signing keys; stop all nodes first", async (services, _) =>
        {
            var ended = await services.EndAllSessionsAsync();
            Console.WriteLine(services.GetRequiredService<SigningKeyAdministration>().AreFiles
                ? $"Ended {ended} sessions. Replace the files of Jwt:KeyFiles as well, or access tokens issued so far stay good until they expire."
                : $"Ended {ended} sessions and replaced the signing keys.");
            return Succeeded;
        }),
    ];

    private static readonly Command<WebApplicationBuilder>[] Early =
    [
        new("health", null, "ask the process that listens here whether it is alive", (builder, _) => EarlyCommands.CheckHealthAsync(builder.Configuration)),
        new("keys make-certificate", null, "make the file of KeyProtection:CertificatePath, unless it is there", (builder, _) =>
            EarlyCommands.MakeCertificateAsync(builder.Configuration, builder.Environment)),
    ];

    /// <summary>For commands that need no services.</summary>
    /// <inheritdoc cref="TryRunAsync"/>
    public static async Task<int?> TryRunEarlyAsync(WebApplicationBuilder builder, string[] args)
    {
        var words = Words(args);
        var command = Array.Find(Early, command => command.TryMatch(words, out _));
        return command is null || IsHelp(args) ? null : await command.RunAsync(builder, "");
    }

    /// <returns>The exit code, or null when the arguments name no command. Settings (<c>--Key=value</c>) may stand before and after it.</returns>
    public static async Task<int?> TryRunAsync(IServiceProvider services, string[] args)
    {
        if (IsHelp(args))
        {
            await WriteHelpAsync(Console.Out);
            return Succeeded;
        }

        var words = Words(args);
        if (words is [] or [['-', ..], ..])
        {
            return null;
        }

        foreach (var command in All)
        {
            if (command.TryMatch(words, out var argument))
            {
                return await command.RunAsync(services, argument);
            }
        }

        await Console.Error.WriteLineAsync($"Unknown command '{string.Join(' ', words.TakeWhile(word => !word.StartsWith('-')))}'.");
        await WriteHelpAsync(Console.Error);
        return UnknownCommand;
    }

    private static async Task<int> WithDatabaseAsync(IServiceProvider services, Func<IServiceProvider, Task<int>> run)
    {
        await services.OpenDatabaseAsync();
        await using var scope = services.CreateAsyncScope();
        return await run(scope.ServiceProvider);
    }

    private static bool IsHelp(string[] args) => args is ["help", ..] || args.Any(argument => argument is "--help" or "-h");

    private static string[] Words(string[] args) => [.. args.SkipWhile(IsSetting)];

    private static bool IsSetting(string argument) => argument.StartsWith("--", StringComparison.Ordinal) && argument.Contains('=', StringComparison.Ordinal);

    private static async Task WriteHelpAsync(TextWriter writer)
    {
        await writer.WriteLineAsync("Without a command the service starts; the commands are:");
        foreach (var (usage, help) in All.Select(command => (command.Usage, command.Help)).Concat(Early.Select(command => (command.Usage, command.Help))))
        {
            await writer.WriteLineAsync($"  {usage,-26} {help}");
        }

        await writer.WriteLineAsync("A password is asked for without echo, or read from the first line of standard input; a 'y' on the second confirms.");
        await writer.WriteLineAsync("Any setting can be given as --Key=value, such as --Database:CommandTimeout=00:00:03.");
    }

    /// <param name="Argument">The name of the one word that follows; null for none.</param>
    private sealed record Command<T>(string Name, string? Argument, string Help, Func<T, string, Task<int>> RunAsync)
    {
        public string Usage => Argument is null ? Name : $"{Name} {Argument}";

        // The argument may begin with a dash, as a key's id does now and then; what follows it is a setting.
        public bool TryMatch(string[] words, out string argument)
        {
            var name = Name.Split(' ');
            var length = name.Length + (Argument is null ? 0 : 1);
            var matches = words.Take(name.Length).SequenceEqual(name)
                && words.Length >= length
                && words.Skip(length).Take(1).All(word => word.StartsWith('-'));
            argument = matches && Argument is not null ? words[name.Length] : "";
            return matches;
        }
    }
}
