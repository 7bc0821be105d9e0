using System.Text;

namespace CleanJwt.WebApi.Commands;

/// <summary>
/// Asks the operator who runs a command. Without a terminal, the lines of standard input are the answers.
/// </summary>
internal static class Terminal
{
    /// <summary>Asks for a new password. A terminal asks twice and does not show what is typed.</summary>
    /// <returns>Null when there is no password, or when the two differ. The operator has then been told.</returns>
    public static string? AskForPassword(string account)
    {
        if (Console.IsInputRedirected)
        {
            return Console.In.ReadLine() is { Length: > 0 } line
                ? line
                : Refuse("There is no password on standard input.");
        }

        var password = ReadWithoutEcho($"New password for {account}: ");
        if (password.Length == 0)
        {
            return Refuse("No password was given.");
        }

        return ReadWithoutEcho("Repeat the password: ") == password ? password : Refuse("The two passwords differ.");
    }

    /// <summary>Asks a question. Every answer but <c>y</c> and <c>yes</c> means no.</summary>
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
        // A terminal shows what is typed until the program first looks at its keys, so the program looks before it
        // asks.
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
