using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;

namespace CleanJwt.WebApi.Http;

internal static class ClientInfoExtensions
{
    /// <summary>Reads the user agent, the languages and the address of the client, IPv4 in its short form.</summary>
    public static ClientInfo ClientInfo(this HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        return new ClientInfo(
            context.Request.Headers.UserAgent is { Count: > 0 } userAgent ? userAgent.ToString() : null,
            (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString())
        {
            AcceptLanguage = context.Request.Headers.AcceptLanguage is { Count: > 0 } language
                ? language.ToString()
                : null,
        };
    }

    public static Caller Caller(this HttpContext context, AccessToken token) =>
        new(token.AccountId, token.SessionId, context.ClientInfo());
}
