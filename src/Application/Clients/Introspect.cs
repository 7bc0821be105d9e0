using CleanJwt.Application.Ports;
using CleanJwt.Application.Sessions;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Clients;

/// <summary>Says whether a token is good now, and what it says (RFC 7662). An access token is judged from memory, a refresh token by its session.</summary>
public sealed record IntrospectQuery(string Token) : IQuery<Result<Introspection>>
{
    public override string ToString() => nameof(IntrospectQuery); // a record would print the token
}

/// <param name="AccessToken">What an access token says; null for a refresh token, and for one that is not good.</param>
/// <param name="Session">Of a refresh token; likewise.</param>
public sealed record Introspection(AccessToken? AccessToken, Session? Session)
{
    /// <summary>All that a client may know of a token that is not good: not even why.</summary>
    public static readonly Introspection Inactive = new(null, null);
}

public sealed class IntrospectValidator : AbstractValidator<IntrospectQuery>
{
    public IntrospectValidator() => RuleFor(query => query.Token).NotEmpty().WithMessage("Required.");
}

public sealed class IntrospectHandler(
    IAccessTokenService accessTokens,
    IRefreshTokenService refreshTokens,
    IRevocationList revocations,
    ISessionRepository sessions,
    SessionOptions options,
    TimeProvider time) : IQueryHandler<IntrospectQuery, Result<Introspection>>
{
    public async ValueTask<Result<Introspection>> Handle(IntrospectQuery query, CancellationToken cancellationToken)
    {
        var reading = await accessTokens.ReadAsync(query.Token, cancellationToken);
        if (reading.IsSuccess)
        {
            return revocations.Check(reading.Value.SessionId) switch
            {
                RevocationVerdict.NotRevoked => new Introspection(reading.Value, Session: null),
                RevocationVerdict.Revoked => Introspection.Inactive,
                RevocationVerdict.Unknown => AccessTokenErrors.RevocationUnavailable,
            };
        }

        if (!refreshTokens.TryRead(query.Token, out var presented)
            || await sessions.FindAsync(presented.SessionId, cancellationToken) is not var (session, _))
        {
            return Introspection.Inactive;
        }

        // Only asked: a token that was used before ends nothing here.
        return Rotation.Decide(session, presented.Generation, time.GetUtcNow(), options.RefreshReuseGrace) is RotationOutcome.Rotate or RotationOutcome.Repeat
            ? new Introspection(AccessToken: null, session)
            : Introspection.Inactive;
    }
}
