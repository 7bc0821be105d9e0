using System.Text.Json.Serialization;
using CleanJwt.Application.Accounts;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Application.SecondFactors;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.SecondFactors;
using CleanJwt.Domain.Sessions;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Sessions;

/// <summary>
/// Exchanges an email address and a password for a session and its tokens. For an account that needs a second factor,
/// the outcome is a demand for one.
/// </summary>
/// <remarks>
/// A refusal looks the same whether the address is known or not. It does not reveal who has an account.
/// </remarks>
/// <param name="Email">Upper and lower case count as the same, and surrounding white space is ignored.</param>
/// <param name="Password">Compared after Unicode normalization (NFC).</param>
/// <param name="Scope">
/// Names of scopes with spaces between, such as <c>account:read account:write</c>. The session keeps them. Absent
/// grants all scopes that the account may have, and the session also gets those that a later version adds.
/// </param>
public sealed record LoginCommand(string Email, string Password, string? Scope = null) : ICommand<Result<SignIn>>
{
    [JsonIgnore]
    public TokenTransport Transport { get; init; }

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
    IUserRepository users,
    IAuditLog auditLog,
    SessionStart sessions,
    SecondFactorCheck factors,
    ISecondFactorTokens tokens,
    TimeProvider time)
    : ICommandHandler<LoginCommand, Result<SignIn>>
{
    // Each failed attempt means that the account changed while its password was being checked.
    private const int MaxAttempts = 3;

    // Long enough to fetch a phone from the next room.
    private static readonly TimeSpan MfaTokenLifetime = TimeSpan.FromMinutes(5);

    public async ValueTask<Result<SignIn>> Handle(LoginCommand command, CancellationToken cancellationToken)
    {
        if (!ScopeSet.TryParseOptional(command.Scope, out var asked))
        {
            return SessionErrors.InvalidScope;
        }

        var email = EmailAddress.Parse(command.Email);
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var check = await users.VerifyPasswordAsync(
                email, command.Client.Network, command.Password, cancellationToken);
            if (!check.IsSuccess)
            {
                return check.Error;
            }

            if (check.Value.Verified is not { } verified)
            {
                return await RefuseAsync(AccountErrors.InvalidCredentials);
            }

            var issued = await sessions.TryStartAsync(
                new AuthenticatedOwner(verified, Proof.Password),
                asked,
                command.Transport,
                command.Client,
                cancellationToken);
            if (issued.Error == SecondFactorErrors.Required)
            {
                return new SignIn(Tokens: null, await DemandAsync(verified, asked, cancellationToken));
            }

            if (!issued.IsSuccess)
            {
                return await RefuseAsync(issued.Error);
            }

            if (issued.Value is { } started)
            {
                return new SignIn(started, Demand: null);
            }

            // Not cancellable: a client that guesses passwords must not avoid the audit entry by disconnecting.
            async Task<Error> RefuseAsync(Error error)
            {
                var failure = command.Client.AuditEntry(
                    AuditActions.Login, check.Value.AccountId, sessionId: null, time.GetUtcNow(), AuditOutcome.Failure);
                await auditLog.AddAsync(failure, CancellationToken.None);
                return error;
            }
        }

        return AccountErrors.BeingChanged;
    }

    private async Task<SecondFactorDemand> DemandAsync(
        AccountState verified, ScopeSet? asked, CancellationToken cancellationToken)
    {
        var id = verified.Account.Id;
        var expiresAt = time.GetUtcNow() + MfaTokenLifetime;
        var pending = new PendingSignIn(Guid.NewGuid(), id, verified.SecurityVersion, asked?.ToString(), expiresAt);
        return new SecondFactorDemand(
            SecondFactorErrors.Required.Code,
            tokens.Write(pending),
            (long)MfaTokenLifetime.TotalSeconds,
            await factors.MethodsOfAsync(id, cancellationToken));
    }
}
