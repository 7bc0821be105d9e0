using System.Text;

namespace CleanJwt.WebApi.Commands;

/// <summary>Asks whoever runs a command: at their terminal, or the lines of standard input where that is not one.</summary>
internal static class Terminal
{
    /// <summary>Asks for a new password, twice and without echo at a terminal.</summary>
    /// <returns>Null when there was none, or two that differ; it has been said.</returns>
    public static string? AskForPassword(string account)
    {
        if (Console.IsInputRedirected)
        {
            return Console.In.ReadLine() is { Length: > 0 } line ? line : Refuse("There is no password on standard input.");
        }

        var password = ReadWithoutEcho($"New password for {account}: ");
        if (password.Length == 0)
        {
            return Refuse("No password was given.");
        }

        return ReadWithoutEcho("The same again: ") == password ? password : Refuse("The two passwords are not the same.");
    }

    /// <summary>Only <c>y</c> or <c>yes</c> means yes; no answer means no.</summary>
    public static bool Confirm(string question)
    {
        Console.Error.Write($"{question} [y/N] ");
        var answer = Console.In.ReadLine();
        if (Console.IsInputRedirected)
        {
            Console.Error.WriteLine();
        }

        return answer?.Trim().ToUpperInvariant() is "Y" or "YES";
    }

    private static string? Refuse(string reason)
    {
        Console.Error.WriteLine(reason);
        return null;
    }

    private static string ReadWithoutEcho(string prompt)
    {
        // A terminal shows what is typed until the first look at its keys. So that comes before anybody is asked to type.
        _ = Console.KeyAvailable;
        Console.Error.Write(prompt);
        var typed = new StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            if (key.Key == ConsoleKey.Enter)
            {
                Console.Error.WriteLine();
                return typed.ToString();
            }

            if (key.Key == ConsoleKey.Backspace)
            {
                typed.Length -= typed switch
                {
                    [.., var high, var low] when char.IsSurrogatePair(high, low) => 2,
                    [.., _] => 1,
                    _ => 0,
                };
            }
            else if (!char.IsControl(key.KeyChar))
            {
                typed.Append(key.KeyChar);
            }
        }
    }
}
