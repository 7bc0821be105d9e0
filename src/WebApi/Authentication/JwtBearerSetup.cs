using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using CleanJwt.WebApi.Errors;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace CleanJwt.WebApi.Authentication;

/// <summary>
/// Makes the JwtBearer handler of ASP.NET Core validate with <see cref="AccessTokenHandler"/> and answer with problem
/// documents.
/// </summary>
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
        // With two headers, a proxy could read one token and this service the other.
        if (context.Request.Headers.Authorization.Count > 1)
        {
            context.Fail(new TokenRejectedException(AccessTokenErrors.InvalidToken));
        }
        else
        {
            // The handler itself would trim all white space of Unicode.
            context.Token = BearerHeader.Read(context.Request)?.ToString();
        }

        return Task.CompletedTask;
    }

    private static Task ChallengeAsync(JwtBearerChallengeContext context)
    {
        context.HandleResponse();
        return ProblemWriter.WriteAsync(context.HttpContext, HttpError.From(ErrorOf(context.AuthenticateFailure)));
    }

    /// <summary>Returns the error of a request that was not authenticated.</summary>
    /// <param name="failure">Null when the request carries no token.</param>
    public static Error ErrorOf(Exception? failure) => failure switch
    {
        null => AccessTokenErrors.MissingToken,
        TokenRejectedException rejection => rejection.Error,
        _ => AccessTokenErrors.InvalidToken,
    };
}
