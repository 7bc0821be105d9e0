using System.ComponentModel;
using System.Diagnostics;

namespace CleanJwt.ProcessTests.Support;

/// <summary>Programs that may not be installed here, run to their end.</summary>
internal static class CommandLine
{
    public const int NotStarted = -1001;
    public const int TimedOut = -1002;

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    public static ProcessStartInfo StartInfo(string folder, params string[] command) => new(command[0], command[1..])
    {
        WorkingDirectory = folder,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    public static Task<CommandResult> RunAsync(string folder, params string[] command) =>
        RunAsync(StartInfo(folder, command));

    public static async Task<CommandResult> RunAsync(ProcessStartInfo start)
    {
        try
        {
            using var process = Process.Start(start)!;
            using var timeout = new CancellationTokenSource(Timeout);
            try
            {
                var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
                var errors = process.StandardError.ReadToEndAsync(timeout.Token);
                await process.WaitForExitAsync(timeout.Token);
                return new CommandResult(process.ExitCode, await output, await errors);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                return new CommandResult(TimedOut, "", "");
            }
        }
        catch (Win32Exception)
        {
            return new CommandResult(NotStarted, "", "");
        }
    }
}
