using System.ComponentModel.DataAnnotations;
using System.Net;
using CleanJwt.Application.Accounts;
using CleanJwt.Application.Mail;
using CleanJwt.Domain.Accounts;
using CleanJwt.Infrastructure.Tokens;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using MimeKit;

namespace CleanJwt.Infrastructure.Mail;

/// <summary>The SMTP server that mails are sent by.</summary>
public sealed class SmtpOptions
{
    public const string SectionName = "Mail:Smtp";

    /// <summary>TLS that begins after a plain greeting (RFC 3207). A server without it gets no mail.</summary>
    public const string StartTls = nameof(StartTls);

    /// <summary>TLS from the first byte (RFC 8314).</summary>
    public const string Tls = nameof(Tls);

    /// <summary>No TLS. Only for a server on this machine or in the network of its containers.</summary>
    public const string None = nameof(None);

    public string? Host { get; init; }

    [Range(1, 65535)]
    public int Port { get; init; } = 587;

    [AllowedValues(StartTls, Tls, None)]
    public string Security { get; init; } = StartTls;

    /// <summary>The name to authenticate with. Null where the server asks for none.</summary>
    public string? UserName { get; init; }

    public string? Password { get; init; }

    /// <summary>How long the server may take for one step.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);
}

/// <summary>The settings of the outbox.</summary>
public sealed class OutboxOptions
{
    public const string SectionName = "Outbox";

    /// <summary>
    /// The time between two looks for mails that other nodes left. Mails of this node wake it at once.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1000000", "00:10:00")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a mail that was given up is kept.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan KeepDead { get; init; } = TimeSpan.FromDays(30);
}

/// <summary>Requires a sender and a server for SMTP, and TLS on the way to another machine.</summary>
internal sealed class SmtpOptionsRule(IConfiguration configuration) : IValidateOptions<SmtpOptions>
{
    // Not MailOptions: its own failures would hide those of this section.
    private const string TransportKey = $"{MailOptions.SectionName}:{nameof(MailOptions.Transport)}";

    public ValidateOptionsResult Validate(string? name, SmtpOptions options)
    {
        if (configuration[TransportKey] != MailOptions.Smtp)
        {
            return ValidateOptionsResult.Success;
        }

        var failures = new List<string>();
        if (string.IsNullOrWhiteSpace(options.Host))
        {
            failures.Add("Mail:Smtp:Host is not set; allowed: the name of an SMTP server.");
        }
        else if (Uri.CheckHostName(options.Host) == UriHostNameType.Unknown)
        {
            failures.Add(
                $"Mail:Smtp:Host is '{options.Host}'; allowed: the name or the address of an SMTP server, "
                + "without a port.");
        }
        else if (options.Security == SmtpOptions.None && !IsNear(options.Host))
        {
            failures.Add(
                "Mail:Smtp:Security is 'None'; allowed: StartTls, Tls; None only for a server on this machine, "
                + "or for a name without a dot in a network of containers.");
        }

        if (string.IsNullOrEmpty(options.UserName) != string.IsNullOrEmpty(options.Password))
        {
            failures.Add("Mail:Smtp:UserName and Mail:Smtp:Password belong together: set both or neither.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static bool IsNear(string host) =>
        IPAddress.TryParse(host, out var address) ? IPAddress.IsLoopback(address) : !host.Contains('.');
}

/// <summary>Requires a sender that mails can come from.</summary>
internal sealed class MailOptionsRule : IValidateOptions<MailOptions>
{
    public ValidateOptionsResult Validate(string? name, MailOptions options)
    {
        const string Allowed = "allowed: the address that mails come from, such as no-reply@example.com";
        if (options.From is null)
        {
            return options.Transport == MailOptions.Smtp
                ? ValidateOptionsResult.Fail($"Mail:From is not set; {Allowed}.")
                : ValidateOptionsResult.Success;
        }

        return EmailAddress.TryParse(options.From, out _) && MailboxAddress.TryParse(options.From, out _)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Mail:From is '{options.From}'; {Allowed}.");
    }
}

/// <summary>Requires a transport where accounts need a confirmed address.</summary>
internal sealed class AccountOptionsRule(IOptions<MailOptions> mail) : IValidateOptions<AccountOptions>
{
    public ValidateOptionsResult Validate(string? name, AccountOptions options) =>
        options.RequireConfirmedEmail && !mail.Value.IsOn
            ? ValidateOptionsResult.Fail(
                "Accounts:RequireConfirmedEmail is 'True', and Mail:Transport is 'None'; allowed: true with "
                + "Mail:Transport Smtp or Folder, or false.")
            : ValidateOptionsResult.Success;
}

/// <summary>Requires that every frontend has a unique name and a web address.</summary>
internal sealed class FrontendOptionsRule : IValidateOptions<FrontendOptions>
{
    private const int MaxNameLength = 64;

    public ValidateOptionsResult Validate(string? name, FrontendOptions options)
    {
        var failures = new List<string>();
        for (var i = 0; i < options.Frontends.Count; i++)
        {
            var frontend = options.Frontends[i];
            if (string.IsNullOrEmpty(frontend.Name) || frontend.Name.Length > MaxNameLength)
            {
                failures.Add(
                    $"Frontends:{i}:Name is {(string.IsNullOrEmpty(frontend.Name) ? "not set" : "too long")}; allowed: "
                    + $"the name by which requests name the frontend, of at most {MaxNameLength} characters.");
            }
            else if (options.Frontends.Take(i).Any(other => other.Name == frontend.Name))
            {
                failures.Add($"Frontends:{i}:Name is '{frontend.Name}', which another frontend has; allowed: "
                    + "a unique name.");
            }

            if (!new HttpUrlAttribute().IsValid(frontend.Url))
            {
                failures.Add(
                    $"Frontends:{i}:Url is {(frontend.Url is null ? "not set" : $"'{frontend.Url}'")}; allowed: "
                    + "an http or https address without query or fragment, such as https://app.example.com.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
