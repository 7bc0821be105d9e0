using System.ComponentModel.DataAnnotations;

namespace CleanJwt.Application.Mail;

/// <summary>The settings of mail.</summary>
public sealed class MailOptions
{
    public const string SectionName = "Mail";

    /// <summary>No mail is sent, and the routes that need mail answer <c>mail-not-configured</c>.</summary>
    public const string None = nameof(None);

    /// <summary>Mails are written to a folder beside the database, for development.</summary>
    public const string Folder = nameof(Folder);

    /// <summary>Mails are sent by an SMTP server.</summary>
    public const string Smtp = nameof(Smtp);

    /// <summary><see cref="Folder"/> in development, and <see cref="None"/> elsewhere, unless it is set.</summary>
    [AllowedValues(None, Folder, Smtp)]
    public string? Transport { get; set; }

    /// <summary>The address that mails come from. <see cref="Smtp"/> needs one.</summary>
    public string? From { get; init; }

    /// <summary>The name of the service, as the sender and the texts of mails show it.</summary>
    [Required(ErrorMessage = "the name of the service, as mails show it")]
    public string FromName { get; init; } = "CleanJwt";

    /// <summary>
    /// A folder with templates of the operator: <c>en/reset-password.txt</c> replaces the built-in file of that name.
    /// A folder of another language must hold every template.
    /// </summary>
    public string? TemplatesPath { get; init; }

    /// <summary>How long the codes and links of a confirmation are valid.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan ConfirmLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long the codes and links that replace a password are valid.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan ResetLifetime { get; init; } = TimeSpan.FromMinutes(15);

    public bool IsOn => Transport is Folder or Smtp;
}

/// <summary>The mails that tell an owner what was done. Only confirmed addresses get them.</summary>
public sealed class NoticeOptions
{
    public const string SectionName = "Mail:Notices";

    public bool PasswordChanged { get; init; } = true;

    public bool NewSignIn { get; init; } = true;

    public bool AccountLocked { get; init; } = true;

    public bool AccountDeleted { get; init; } = true;

    /// <summary>Also the notice that few recovery codes are left.</summary>
    public bool SecondFactorChanged { get; init; } = true;
}
