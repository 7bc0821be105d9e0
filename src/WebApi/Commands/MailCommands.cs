using System.Globalization;
using CleanJwt.Domain.Accounts;
using CleanJwt.Infrastructure.Mail;

namespace CleanJwt.WebApi.Commands;

/// <summary>
/// The commands that try the settings of mail, and show and change the outbox. Nodes may run meanwhile.
/// </summary>
internal static class MailCommands
{
    private const int Succeeded = 0;
    private const int Failed = 1;

    public static async Task<int> TestAsync(IServiceProvider services, string address)
    {
        if (!EmailAddress.TryParse(address, out var to))
        {
            return Refuse($"'{address}' is not an email address.");
        }

        return await services.GetRequiredService<MailAdministration>().TestAsync(to.Value) is { } reason
            ? Refuse($"The mail was not sent: {reason}.")
            : Report($"The mail to {to} was taken.");
    }

    public static async Task<int> ListAsync(IServiceProvider services, bool dead)
    {
        var mails = await services.GetRequiredService<MailAdministration>().ListAsync(dead);
        if (mails.Count == 0)
        {
            return Report(dead ? "No mail was given up." : "No mail waits.");
        }

        Console.WriteLine(
            $"{"id",-36} {"kind",-16} {"asked for (UTC)",-19} {"tries",5} "
            + $"{(dead ? "given up (UTC)" : "next try (UTC)"),-19} last error");
        foreach (var mail in mails)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{mail.Id,-36} {mail.Kind,-16} {Time(mail.CreatedAt),-19} {mail.Attempts,5} "
                + $"{Time(mail.DeadAt ?? mail.NextAt),-19} {mail.LastError ?? "-"}"));
        }

        return Succeeded;
    }

    public static async Task<int> RetryAsync(IServiceProvider services, string id)
    {
        Guid? one = Guid.TryParse(id, out var parsed) ? parsed : null;
        if (one is null && id != "all")
        {
            return Refuse($"'{id}' is neither the id of a mail nor 'all'.");
        }

        var count = await services.GetRequiredService<MailAdministration>().RetryAsync(one);
        return one is not null && count == 0
            ? Refuse($"The outbox has no mail '{id}', or nobody needs it any more: its code and link have expired.")
            : Report(count == 1 ? "One mail will be tried at once." : $"{count} mails will be tried at once.");
    }

    public static async Task<int> DropAsync(IServiceProvider services, string id) =>
        Guid.TryParse(id, out var parsed) && await services.GetRequiredService<MailAdministration>().DropAsync(parsed)
            ? Report("The mail was deleted.")
            : Refuse($"The outbox has no mail '{id}'; 'outbox list' shows them.");

    private static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static int Report(string outcome)
    {
        Console.WriteLine(outcome);
        return Succeeded;
    }

    private static int Refuse(string reason)
    {
        Console.Error.WriteLine(reason);
        return Failed;
    }
}
