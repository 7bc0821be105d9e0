using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using CleanJwt.WebApi.Errors;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace CleanJwt.WebApi.Authentication;

/// <summary>Has the standard bearer handler ask <see cref="AccessTokenHandler"/>, and answer in this service's words.</summary>
internal sealed class JwtBearerSetup(AccessTokenHandler handler) : IConfigureNamedOptions<JwtBearerOptions>
{
    public void Configure(string? name, JwtBearerOptions options)
    {
        options.TokenHandlers.Clear();
        options.TokenHandlers.Add(handler);
        options.MapInboundClaims = false;
        options.IncludeErrorDetails = false;
        options.SaveToken = false;
        options.Events = new JwtBearerEvents { OnMessageReceived = ReadToken, OnChallenge = ChallengeAsync };
    }

    public void Configure(JwtBearerOptions options) => Configure(Options.DefaultName, options);

    private static Task ReadToken(MessageReceivedContext context)
    {
        // Two headers could mean one token to a proxy and another to us.
        if (context.Request.Headers.Authorization.Count > 1)
        {
            context.Fail(new TokenRejectedException(AccessTokenErrors.InvalidToken));
        }
        else
        {
            context.Token = BearerHeader.Read(context.Request)?.ToString(); // the handler's own way takes away more than white space
        }

        return Task.CompletedTask;
    }

    private static Task ChallengeAsync(JwtBearerChallengeContext context)
    {
        context.HandleResponse();
        return ProblemWriter.WriteAsync(context.HttpContext, HttpError.From(ErrorOf(context.AuthenticateFailure)));
    }

    /// <summary>Why a request has no identity.</summary>
    /// <param name="failure">Null when it brought no token.</param>
    public static Error ErrorOf(Exception? failure) => failure switch
    {
        null => AccessTokenErrors.MissingToken,
        TokenRejectedException rejection => rejection.Error,
        _ => AccessTokenErrors.InvalidToken,
    };
}
