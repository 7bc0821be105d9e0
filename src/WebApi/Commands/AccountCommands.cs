using System.Globalization;
using CleanJwt.Application.Administration;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Results;
using Mediator;

namespace CleanJwt.WebApi.Commands;

/// <summary>The commands that change one account. They show an existing one, and ask before they touch it.</summary>
internal static class AccountCommands
{
    private const int Changed = 0;
    private const int NothingChanged = 1;

    public static async Task<int> AddAdminAsync(ISender sender, string email)
    {
        var found = await sender.Send(new FindUserQuery(email));
        if (!found.IsSuccess && found.Error != AccountErrors.NoSuchUser)
        {
            return Refuse(found.Error);
        }

        var existing = found.IsSuccess ? found.Value : null;
        Show(existing);
        if (Terminal.AskForPassword(email) is not { } password
            || (existing is not null && !Confirm(
                $"Make this account an administrator, set its password{(existing.Locked ? ", unlock it" : "")} and end its sessions?")))
        {
            return NothingChanged;
        }

        var added = await sender.Send(new AddAdminCommand(email, password, existing?.Account.Id));
        return added.IsSuccess
            ? Report(existing is null ? $"Made the administrator {email}." : $"{email} is an administrator now. Its sessions are over.")
            : Refuse(added.Error);
    }

    public static async Task<int> SetPasswordAsync(ISender sender, string email)
    {
        var found = await sender.Send(new FindUserQuery(email));
        if (!found.IsSuccess)
        {
            return found.Error == AccountErrors.NoSuchUser ? Refuse($"There is no account with the address {email}.") : Refuse(found.Error);
        }

        Show(found.Value);
        if (Terminal.AskForPassword(email) is not { } password || !Confirm("Set the password of this account and end its sessions?"))
        {
            return NothingChanged;
        }

        var account = found.Value.Account;
        var set = await sender.Send(new SetPasswordCommand(account.Id, account.Email, password));
        return set.IsSuccess ? Report($"Set the password of {account.Email}. Its sessions are over.") : Refuse(set.Error);
    }

    private static void Show(ManagedAccount? managed)
    {
        if (managed is { Account: var account })
        {
            Console.WriteLine($"There is an account with this address{(account.EmailConfirmed ? "" : ", which nobody has proved to be theirs")}:");
            Console.WriteLine($"  id            {account.Id}");
            Console.WriteLine($"  email         {account.Email}");
            Console.WriteLine($"  display name  {Shown(account.DisplayName)}");
            Console.WriteLine($"  roles         {(account.Roles.Count == 0 ? "-" : string.Join(' ', account.Roles))}");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  created       {account.CreatedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC"));
            Console.WriteLine($"  locked        {(managed.Locked ? "yes" : "no")}");
        }
    }

    // Its owner has chosen it, and may have put something in that changes how the rest reads.
    private static string Shown(string? displayName) => displayName is null
        ? "-"
        : string.Concat(displayName.Select(unit => char.GetUnicodeCategory(unit) is UnicodeCategory.Format ? '\uFFFD' : unit));

    private static bool Confirm(string question)
    {
        if (Terminal.Confirm(question))
        {
            return true;
        }

        Console.Error.WriteLine("Nothing was changed.");
        return false;
    }

    private static int Report(string outcome)
    {
        Console.WriteLine(outcome);
        return Changed;
    }

    private static int Refuse(Error error) => Refuse(error.Fields is { } fields
        ? string.Join(Environment.NewLine, fields.SelectMany(field => field.Value.Select(message => $"{field.Key}: {message}")))
        : error.Detail);

    private static int Refuse(string reason)
    {
        Console.Error.WriteLine(reason);
        return NothingChanged;
    }
}
