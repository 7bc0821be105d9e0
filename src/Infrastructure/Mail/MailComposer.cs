using System.Globalization;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Codes;
using CleanJwt.Domain.Mail;

namespace CleanJwt.Infrastructure.Mail;

/// <summary>
/// Decides what a request for a mail leads to. It looks the address up at the time of sending, where no client can
/// measure it.
/// </summary>
/// <remarks>
/// A mail to an address that is not confirmed holds no text that the one who asked for it chose. Otherwise strangers
/// could send their own words from this service.
/// </remarks>
internal sealed class MailComposer(
    IUserRepository users,
    IFlowTokens tokens,
    IMailCodes codes,
    MailTemplates templates,
    MailOptions options,
    FrontendOptions frontends,
    IIssuerMetadata issuer,
    TimeProvider time)
{
    private const string Unknown = "–";

    /// <returns>Null when there is nothing to send, such as a reset for an address without an account.</returns>
    public async Task<ComposedMail?> ComposeAsync(MailRequest request, CancellationToken cancellationToken)
    {
        var account = request switch
        {
            { Kind: MailKinds.AccountDeleted } => null,
            { AccountId: { } id } => await users.FindStateAsync(id, cancellationToken),
            { Email: { } email } => await users.FindStateAsync(EmailAddress.Parse(email), cancellationToken),
            _ => null,
        };
        return request.Kind switch
        {
            MailKinds.ConfirmSignUp when account is null => OfFlow(request, request.Email!, account, "sign-up"),
            MailKinds.ConfirmSignUp => Of(MailKinds.SignUpTaken, request, account.Account.Email, []),
            MailKinds.ConfirmEmail when account is { Account.EmailConfirmed: false } =>
                OfFlow(request, account.Account.Email, account, "confirm"),
            MailKinds.ResetPassword when account is { Locked: false } =>
                OfFlow(request, account.Account.Email, account, "reset-password"),
            MailKinds.AccountDeleted when request.Email is { } formerAddress => Notice(request, formerAddress),
            MailKinds.PasswordChanged or MailKinds.NewSignIn or MailKinds.AccountLocked
                or MailKinds.SecondFactorChanged or MailKinds.FewRecoveryCodes
                when account is { Account: { EmailConfirmed: true, Email: var confirmed } } =>
                Notice(request, confirmed),
            _ => null,
        };
    }

    private ComposedMail OfFlow(MailRequest request, string to, AccountState? account, string path)
    {
        var link = tokens.WriteLink(new FlowLink(
            request.Kind,
            request.FlowId!.Value,
            account?.Account.Id ?? Guid.Empty,
            account?.SecurityVersion ?? 0,
            request.ValidUntil)
        {
            Email = account is null ? EmailAddress.Parse(to) : null,
        });
        var values = new Dictionary<string, string>
        {
            ["link"] = $"{AddressOf(request.Frontend)}/{path}#token={link}",
            ["minutes"] = Math.Max(1, (int)Math.Round((request.ValidUntil - time.GetUtcNow()).TotalMinutes))
                .ToString(CultureInfo.InvariantCulture),
        };
        if (request.HasCode)
        {
            values["code"] = TypedCode.Format(codes.CodeOf(request.Kind, request.FlowId.Value, account));
        }

        var template = request is { Kind: MailKinds.ConfirmEmail, HasCode: false }
            ? MailTemplates.ConfirmEmailByLink
            : request.Kind;
        return Of(template, request, to, values);
    }

    private ComposedMail Notice(MailRequest request, string to)
    {
        var values = new Dictionary<string, string>
        {
            ["time"] = string.Create(CultureInfo.InvariantCulture, $"{request.At.UtcDateTime:yyyy-MM-dd HH:mm} UTC"),
            ["device"] = Device.Of(request.UserAgent).ToString() is { Length: > 0 } device ? device : Unknown,
            ["ipAddress"] = request.IpAddress ?? Unknown,
        };
        if (request.Change is { } change)
        {
            var language = templates.LanguageFor(request.AcceptLanguage);
            values["change"] = templates.TextOfChange(change, language, options.FromName);
        }

        return Of(request.Kind, request, to, values);
    }

    private ComposedMail Of(string template, MailRequest request, string to, Dictionary<string, string> values)
    {
        values["service"] = options.FromName;
        var language = templates.LanguageFor(request.AcceptLanguage);
        var kind = template == MailTemplates.ConfirmEmailByLink ? MailKinds.ConfirmEmail : template;
        return new ComposedMail(request.Id, kind, to, language, templates.Render(template, language, values))
        {
            Code = values.GetValueOrDefault("code"),
            Link = values.GetValueOrDefault("link"),
        };
    }

    // A frontend may have been removed from the settings since the request.
    private string AddressOf(string? frontend) =>
        (frontends.Frontends.FirstOrDefault(known => frontend is null || known.Name == frontend)?.Url
            ?? $"{issuer.Issuer.TrimEnd('/')}/account").TrimEnd('/');
}

/// <summary>A mail that is ready to be sent.</summary>
/// <param name="Template">One of <see cref="MailKinds"/>.</param>
/// <param name="Language">The language of the text (RFC 5646).</param>
internal sealed record ComposedMail(Guid Id, string Template, string To, string Language, MailText Text)
{
    public string? Code { get; init; }

    public string? Link { get; init; }

    public override string ToString() => $"{nameof(ComposedMail)} {Id}"; // a record would print the address
}
