using System.Text.Json.Serialization;
using CleanJwt.Application.Accounts;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Sessions;

/// <summary>Trades an email address and a password for a session and its tokens.</summary>
/// <remarks>Refusals look the same whether the address is known or not, so that nobody can use this to find out who has an account.</remarks>
/// <param name="Email">Compared without regard to case or surrounding white space.</param>
/// <param name="Password">Compared after Unicode normalization (NFC).</param>
/// <param name="Scope">
/// Of <c>account:read account:write</c>, and for administrators <c>users:read users:write</c>, with spaces between; all that the account may have,
/// when absent.
/// </param>
public sealed record LoginCommand(string Email, string Password, string? Scope = null) : ICommand<Result<Tokens>>
{
    [JsonIgnore]
    public ClientInfo Client { get; init; } = ClientInfo.Unknown;

    public override string ToString() => nameof(LoginCommand); // a record would print the password
}

public sealed class LoginValidator : AbstractValidator<LoginCommand>
{
    public LoginValidator()
    {
        RuleFor(command => command.Email).MustBeAnEmailAddress();
        RuleFor(command => command.Password).MustBeAPresentedPassword();
    }
}

public sealed class LoginHandler(
    IUserRepository users, ISessionRepository sessions, IAuditLog trail, SessionTokens tokens, SessionOptions options, TimeProvider time)
    : ICommandHandler<LoginCommand, Result<Tokens>>
{
    // An account that changes under every one of this many checked passwords is being fought over.
    private const int MaxTries = 3;

    public async ValueTask<Result<Tokens>> Handle(LoginCommand command, CancellationToken cancellationToken)
    {
        if (!ScopeSet.TryParseOptional(command.Scope, out var asked))
        {
            return SessionErrors.InvalidScope;
        }

        var email = EmailAddress.Parse(command.Email);
        for (var attempt = 1; attempt <= MaxTries; attempt++)
        {
            var check = await users.VerifyPasswordAsync(email, command.Client.Network, command.Password, cancellationToken);
            if (!check.IsSuccess)
            {
                return check.Error;
            }

            if (check.Value.Verified is not { } verified)
            {
                return await RefuseAsync(AccountErrors.InvalidCredentials);
            }

            if (verified.Locked)
            {
                return await RefuseAsync(AccountErrors.AccountLocked);
            }

            var allowed = ScopeSet.AllowedFor(verified.Account.Roles);
            if (asked is not null && !asked.IsSubsetOf(allowed))
            {
                return await RefuseAsync(SessionErrors.InvalidScope);
            }

            var now = time.GetUtcNow();
            var session = new Session
            {
                Id = Guid.CreateVersion7(now),
                AccountId = verified.Account.Id,
                CreatedAt = now,
                LastSeenAt = now,
                ExpiresAt = options.ExpiryOf(now, now),
                UserAgent = command.Client.UserAgent,
                IpAddress = command.Client.IpAddress,
                Scope = asked ?? allowed,
                HasAllScopes = asked is null,
                AuthTime = now,
                Amr = "pwd",
            };
            var audit = new AuditContext(now, [command.Client.AuditEntry(AuditActions.Login, session.AccountId, session.Id, now)]);
            if (await sessions.TryStartAsync(session, verified.SecurityVersion, audit, cancellationToken))
            {
                return tokens.Issue(session, verified.Account, session.Scope, now);
            }

            // Not the request's token: whoever guesses passwords must not leave out the trail by hanging up.
            async Task<Error> RefuseAsync(Error error)
            {
                await trail.AddAsync(
                    command.Client.AuditEntry(AuditActions.Login, check.Value.AccountId, sessionId: null, time.GetUtcNow(), AuditOutcome.Failure),
                    CancellationToken.None);
                return error;
            }
        }

        return Error.ServiceUnavailable("The account is being changed. Try again.", TimeSpan.FromSeconds(1));
    }
}
