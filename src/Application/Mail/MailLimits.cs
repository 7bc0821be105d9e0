namespace CleanJwt.Application.Mail;

/// <summary>Which limits of mails hold. The limits for one address always hold.</summary>
/// <param name="CountNetworks">Whether the mails that one client network asks for are limited.</param>
public sealed record MailLimits(bool CountNetworks);
