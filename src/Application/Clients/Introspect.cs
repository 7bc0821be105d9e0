using CleanJwt.Application.Ports;
using CleanJwt.Application.Sessions;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Clients;

/// <summary>
/// Says whether a token is valid now, and what it contains (RFC 7662). An access token is checked in memory, a refresh
/// token in the database.
/// </summary>
public sealed record IntrospectQuery(string Token) : IQuery<Result<Introspection>>
{
    public override string ToString() => nameof(IntrospectQuery); // a record would print the token
}

/// <param name="AccessToken">
/// The content of a valid access token. Null for a refresh token and for an invalid token.
/// </param>
/// <param name="Session">
/// The session of a valid refresh token. Null for an access token and for an invalid token.
/// </param>
public sealed record Introspection(AccessToken? AccessToken, Session? Session)
{
    /// <summary>The answer for an invalid token. The client does not learn why it is invalid.</summary>
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

        // Introspection changes nothing: a reused token does not end its session here.
        var outcome = Rotation.Decide(
            session, presented.Generation, time.GetUtcNow(), options.RuleOf(presented.Transport));
        return outcome is RotationOutcome.Rotate or RotationOutcome.Repeat
            ? new Introspection(AccessToken: null, session)
            : Introspection.Inactive;
    }
}
