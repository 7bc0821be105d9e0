using System.Globalization;
using CleanJwt.Application.Administration;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Results;
using Mediator;

namespace CleanJwt.WebApi.Commands;

/// <summary>
/// The commands that change one account. They show an existing account and ask before they change it.
/// </summary>
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
            || (existing is not null && !Confirm(QuestionOf(existing))))
        {
            return NothingChanged;
        }

        var added = await sender.Send(new AddAdminCommand(email, password, existing?.Account.Id));
        if (!added.IsSuccess)
        {
            return Refuse(added.Error);
        }

        return Report(existing is null
            ? $"Created the administrator {email}."
            : $"{email} is an administrator now. Its sessions have ended.");
    }

    public static async Task<int> SetPasswordAsync(ISender sender, string email)
    {
        if (await FindAndShowAsync(sender, email) is not { } account
            || Terminal.AskForPassword(email) is not { } password
            || !Confirm("Set the password of this account and end its sessions?"))
        {
            return NothingChanged;
        }

        var set = await sender.Send(new SetPasswordCommand(account.Id, account.Email, password));
        return set.IsSuccess
            ? Report($"Set the password of {account.Email}. Its sessions have ended.")
            : Refuse(set.Error);
    }

    public static async Task<int> ConfirmEmailAsync(ISender sender, string email)
    {
        if (await FindAndShowAsync(sender, email) is not { } account
            || !Confirm("Confirm the email address of this account?"))
        {
            return NothingChanged;
        }

        var confirmed = await sender.Send(new ConfirmEmailOfUserCommand(account.Id));
        return confirmed.IsSuccess
            ? Report($"The address {confirmed.Value.Email} is confirmed.")
            : Refuse(confirmed.Error);
    }

    public static async Task<int> ResetSecondFactorsAsync(ISender sender, string email)
    {
        if (await FindAndShowAsync(sender, email) is not { } account
            || !Confirm("Remove all second factors and passkeys of this account and end its sessions?"))
        {
            return NothingChanged;
        }

        var reset = await sender.Send(new ResetSecondFactorsCommand(account.Id));
        return reset.IsSuccess
            ? Report($"{account.Email} can sign in with the password alone. Its sessions have ended.")
            : Refuse(reset.Error);
    }

    /// <returns>Null when there is no such account. The operator has then been told.</returns>
    private static async Task<Account?> FindAndShowAsync(ISender sender, string email)
    {
        var found = await sender.Send(new FindUserQuery(email));
        if (found.IsSuccess)
        {
            Show(found.Value);
            return found.Value.Account;
        }

        _ = found.Error == AccountErrors.NoSuchUser
            ? Refuse($"There is no account with the address {email}.")
            : Refuse(found.Error);
        return null;
    }

    private static string QuestionOf(ManagedAccount account) =>
        "Make this account an administrator, set its password"
        + $"{(account.Locked ? ", unlock it" : "")} and end its sessions?";

    private static void Show(ManagedAccount? managed)
    {
        if (managed is not { Account: var account })
        {
            return;
        }

        Console.WriteLine(account.EmailConfirmed
            ? "There is an account with this address:"
            : "There is an account with this address. Its owner has not proved that the address is theirs:");
        Console.WriteLine($"  id            {account.Id}");
        Console.WriteLine($"  email         {account.Email}");
        Console.WriteLine($"  display name  {Shown(account.DisplayName)}");
        Console.WriteLine($"  roles         {(account.Roles.Count == 0 ? "-" : string.Join(' ', account.Roles))}");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  created       {account.CreatedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC"));
        Console.WriteLine($"  locked        {(managed.Locked ? "yes" : "no")}");
    }

    // The owner of the account chose the name. Format characters in it could reorder the text around it.
    private static string Shown(string? displayName) => displayName is null
        ? "-"
        : string.Concat(displayName.Select(unit =>
            char.GetUnicodeCategory(unit) is UnicodeCategory.Format ? '\uFFFD' : unit));

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

    private static int Refuse(Error error) =>
        Refuse(error.Fields is { } fields ? string.Join(Environment.NewLine, LinesOf(fields)) : error.Detail);

    private static IEnumerable<string> LinesOf(IReadOnlyDictionary<string, string[]> fields) =>
        from field in fields from message in field.Value select $"{field.Key}: {message}";

    private static int Refuse(string reason)
    {
        Console.Error.WriteLine(reason);
        return NothingChanged;
    }
}
