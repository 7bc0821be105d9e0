using System.Text.Json;

namespace CleanJwt;

/// <summary>What a sign-in or a refresh answered, as a client keeps it.</summary>
internal sealed record TokenPair(string AccessToken, string RefreshToken, string SessionId)
{
    public string AccountId => Jwt.Payload(AccessToken)["sub"]!.ToString();

    public static TokenPair From(JsonElement tokens) => new(
        tokens.GetProperty("accessToken").GetString()!,
        tokens.GetProperty("refreshToken").GetString()!,
        tokens.GetProperty("sessionId").GetString()!);
}
