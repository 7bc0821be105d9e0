using System.Text.Json.Serialization;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Pipeline;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using Mediator;

namespace CleanJwt.Application.Sessions;

/// <summary>
/// Ends the session of the refresh token, in the body or in a cookie, of the access token, or both. The sessions may
/// differ, and may already be over.
/// </summary>
[NoValidator("Both tokens are optional, and the handler refuses text that is not a token of this service.")]
public sealed record LogoutCommand(string? RefreshToken = null) : ICommand<Result<Done>>
{
    /// <summary>The token of the Authorization header. An expired token still ends its session.</summary>
    [JsonIgnore]
    public string? AccessToken { get; init; }

    /// <summary>
    /// The value of the refresh token's cookie. It counts only if the body has no refresh token. A value that is not
    /// valid is no error: the browser that sent it is signed out.
    /// </summary>
    [JsonIgnore]
    public string? Cookie { get; init; }

    /// <summary>Whether the session of the cookie ends.</summary>
    [JsonIgnore]
    public bool CookieCounts => string.IsNullOrEmpty(RefreshToken) && Cookie is not null;

    [JsonIgnore]
    public ClientInfo Client { get; init; } = ClientInfo.Unknown;

    public override string ToString() => nameof(LogoutCommand); // a record would print the token
}

public sealed class LogoutHandler(
    ISessionRepository sessions,
    IAccessTokenService accessTokens,
    IRefreshTokenService refreshTokens,
    TimeProvider time)
    : ICommandHandler<LogoutCommand, Result<Done>>
{
    public async ValueTask<Result<Done>> Handle(LogoutCommand command, CancellationToken cancellationToken)
    {
        Error refusal = AccessTokenErrors.MissingToken;
        var ended = new HashSet<Guid>();

        if (!string.IsNullOrEmpty(command.RefreshToken))
        {
            refusal = SessionErrors.InvalidRefreshToken;
            if (refreshTokens.TryRead(command.RefreshToken, TokenTransport.Body, out var refreshToken))
            {
                ended.Add(refreshToken.SessionId);
            }
        }
        else if (command.CookieCounts
            && refreshTokens.TryRead(command.Cookie!, TokenTransport.Cookie, out var refreshToken))
        {
            ended.Add(refreshToken.SessionId);
        }

        if (!string.IsNullOrEmpty(command.AccessToken))
        {
            refusal = AccessTokenErrors.InvalidToken;
            var reading = await accessTokens.ReadExpiredAsync(command.AccessToken, cancellationToken);
            if (reading.IsSuccess)
            {
                ended.Add(reading.Value.SessionId);
            }
        }

        if (ended.Count == 0 && !command.CookieCounts)
        {
            return refusal;
        }

        foreach (var sessionId in ended)
        {
            // Not cancellable: a user who signs out by closing the tab means it too.
            var now = time.GetUtcNow();
            var entry = command.Client.AuditEntry(AuditActions.Logout, accountId: null, sessionId, now);
            var audit = new AuditContext(now, [entry]);
            await sessions.EndAsync(sessionId, SessionEndReason.Logout, audit, CancellationToken.None);
        }

        return default(Done);
    }
}
