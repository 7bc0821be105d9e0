using CleanJwt.Infrastructure;
using CleanJwt.Infrastructure.Keys;
using Mediator;

namespace CleanJwt.WebApi.Commands;

/// <summary>The commands of the program. Without a command, the program serves.</summary>
internal static class CommandTable
{
    private const int Succeeded = 0;
    private const int UnknownCommand = 2;
    private const string DeadFlag = "--dead";

    private static readonly Command<IServiceProvider>[] All =
    [
        new("migrate", null, "create or update the database and its first keys", async (services, _) =>
        {
            await services.MigrateAsync();
            Console.WriteLine("The database is up to date.");
            return Succeeded;
        }),
        new("admin add", "EMAIL", "create an administrator; asks for the password", (services, email) =>
            WithDatabaseAsync(
                services, scope => AccountCommands.AddAdminAsync(scope.GetRequiredService<ISender>(), email))),
        new("users set-password", "EMAIL", "set the password of an account and end its sessions; asks for the password",
            (services, email) => WithDatabaseAsync(
                services, scope => AccountCommands.SetPasswordAsync(scope.GetRequiredService<ISender>(), email))),
        new("users confirm-email", "EMAIL", "confirm the email address of an account, for which you vouch",
            (services, email) => WithDatabaseAsync(
                services, scope => AccountCommands.ConfirmEmailAsync(scope.GetRequiredService<ISender>(), email))),
        new("users reset-second-factors", "EMAIL", "remove all second factors of an account and end its sessions",
            (services, email) => WithDatabaseAsync(
                services, scope => AccountCommands.ResetSecondFactorsAsync(scope.GetRequiredService<ISender>(), email))),
        new("mail test", "ADDRESS", "send a test mail and say whether it was taken", (services, address) =>
            WithDatabaseAsync(services, scope => MailCommands.TestAsync(scope, address))),
        // Before the next command, which would take the word for the name of a setting.
        new($"outbox list {DeadFlag}", null, "show the mails that were given up", (services, _) =>
            WithDatabaseAsync(services, scope => MailCommands.ListAsync(scope, dead: true))),
        new("outbox list", null, "show the mails that wait to be sent", (services, _) =>
            WithDatabaseAsync(services, scope => MailCommands.ListAsync(scope, dead: false))),
        new("outbox retry", "ID", "try a mail at once; 'all' means all that were given up", (services, id) =>
            WithDatabaseAsync(services, scope => MailCommands.RetryAsync(scope, id))),
        new("outbox drop", "ID", "delete a mail without sending it", (services, id) =>
            WithDatabaseAsync(services, scope => MailCommands.DropAsync(scope, id))),
        new("keys list", null, "show the signing keys", (services, _) =>
            WithDatabaseAsync(services, KeyCommands.ListAsync)),
        new("keys rotate", null, "publish the next signing key; it signs 10 seconds later", (services, _) =>
            WithDatabaseAsync(services, KeyCommands.RotateAsync)),
        new("keys retire", "KID", "refuse every token of a signing key, such as a stolen one", (services, keyId) =>
            WithDatabaseAsync(services, scope => KeyCommands.RetireAsync(scope, keyId))),
        new("sessions end-all", null, "end every session and replace the signing keys; stop all nodes first",
            async (services, _) =>
            {
                var ended = await services.EndAllSessionsAsync();
                Console.WriteLine(services.GetRequiredService<SigningKeyAdministration>().AreFiles
                    ? $"Ended {ended} sessions. Replace the files of Jwt:KeyFiles too. "
                        + "Until then, the access tokens issued so far stay valid until they expire."
                    : $"Ended {ended} sessions and replaced the signing keys.");
                return Succeeded;
            }),
    ];

    private static readonly Command<WebApplicationBuilder>[] Early =
    [
        new("health", null, "ask the service on this machine whether it is alive", (builder, _) =>
            HealthCommand.RunAsync(builder.Configuration)),
        new("keys make-certificate", null, "create the file of KeyProtection:CertificatePath unless it exists",
            (builder, _) => CertificateCommand.RunAsync(builder.Configuration, builder.Environment)),
    ];

    /// <summary>
    /// Gives the arguments that .NET may read as settings. It would take the word after a flag for its value.
    /// </summary>
    public static string[] SettingsIn(string[] args) => [.. args.Where(argument => argument != DeadFlag)];

    /// <summary>Runs a command that needs no services.</summary>
    /// <inheritdoc cref="TryRunAsync"/>
    public static async Task<int?> TryRunEarlyAsync(WebApplicationBuilder builder, string[] args) =>
        IsHelp(args) || Find(Early, Words(args)) is not var (command, argument)
            ? null
            : await command.RunAsync(builder, argument);

    /// <summary>Runs the command that the arguments name, or shows the help.</summary>
    /// <returns>
    /// The exit code. Null when the arguments name no command. Settings (<c>--Key=value</c> or <c>--Key value</c>) may
    /// stand before and after the command.
    /// </returns>
    public static async Task<int?> TryRunAsync(IServiceProvider services, string[] args)
    {
        if (IsHelp(args))
        {
            await WriteHelpAsync(Console.Out);
            return Succeeded;
        }

        var words = Words(args);
        if (words.Length == 0)
        {
            return null;
        }

        if (Find(All, words) is var (command, argument))
        {
            return await command.RunAsync(services, argument);
        }

        var unknown = string.Join(' ', words.Take(1).Concat(words.Skip(1).TakeWhile(word => !word.StartsWith('-'))));
        await Console.Error.WriteLineAsync($"Unknown command '{unknown}'.");
        await WriteHelpAsync(Console.Error);
        return UnknownCommand;
    }

    private static (Command<T> Command, string Argument)? Find<T>(Command<T>[] commands, string[] words)
    {
        foreach (var command in commands)
        {
            if (command.TryMatch(words, out var argument))
            {
                return (command, argument);
            }
        }

        return null;
    }

    private static async Task<int> WithDatabaseAsync(IServiceProvider services, Func<IServiceProvider, Task<int>> run)
    {
        await services.OpenDatabaseAsync();
        await using var scope = services.CreateAsyncScope();
        return await run(scope.ServiceProvider);
    }

    private static bool IsHelp(string[] args) =>
        args is ["help", ..] || args.Any(argument => argument is "--help" or "-h");

    // The arguments after the leading settings.
    private static string[] Words(ReadOnlySpan<string> args)
    {
        while (LengthOfSetting(args) is > 0 and var length)
        {
            args = args[length..];
        }

        return args.ToArray();
    }

    /// <returns>
    /// The number of arguments that the first setting takes up, as the configuration reads them: one for
    /// <c>--Key=value</c>, two for <c>--Key value</c>. Zero when the first argument is no setting.
    /// </returns>
    private static int LengthOfSetting(ReadOnlySpan<string> args) => args switch
    {
        [var first, ..] when first.StartsWith('-') && first.Contains('=', StringComparison.Ordinal) => 1,
        [var first, _, ..] when first.StartsWith("--", StringComparison.Ordinal) => 2,
        _ => 0,
    };

    private static async Task WriteHelpAsync(TextWriter writer)
    {
        await writer.WriteLineAsync("Without a command the service starts. The commands are:");
        var commands = All.Select(command => (command.Usage, command.Help))
            .Concat(Early.Select(command => (command.Usage, command.Help)));
        foreach (var (usage, help) in commands)
        {
            await writer.WriteLineAsync($"  {usage,-26} {help}");
        }

        await writer.WriteLineAsync(
            "A terminal asks for the password and does not show it. Otherwise the first line of standard input is the "
            + "password, and a 'y' on the second line confirms.");
        await writer.WriteLineAsync(
            "Any setting can be given as --Key=value or --Key value, such as --Database:CommandTimeout=00:00:03.");
    }

    /// <param name="Name">The words that name the command.</param>
    /// <param name="Argument">The name of the single argument. Null when the command takes none.</param>
    /// <param name="Help">The line that the help shows.</param>
    /// <param name="RunAsync">Runs the command with its argument and returns the exit code.</param>
    private sealed record Command<T>(string Name, string? Argument, string Help, Func<T, string, Task<int>> RunAsync)
    {
        public string Usage => Argument is null ? Name : $"{Name} {Argument}";

        // The argument may begin with a dash, as some key ids do. Only settings may follow it.
        public bool TryMatch(string[] words, out string argument)
        {
            var name = Name.Split(' ');
            var length = name.Length + (Argument is null ? 0 : 1);
            var matches = words.Take(name.Length).SequenceEqual(name)
                && words.Length >= length
                && Words(words.AsSpan(length)).Length == 0;
            argument = matches && Argument is not null ? words[name.Length] : "";
            return matches;
        }
    }
}
