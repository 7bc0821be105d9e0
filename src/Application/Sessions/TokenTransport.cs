using System.Text.Json.Serialization;

namespace CleanJwt.Application.Sessions;

/// <summary>
/// The way in which a client holds its refresh token. A token that was made for one way does not count in the other.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<TokenTransport>))]
public enum TokenTransport
{
    /// <summary>The token travels in the bodies of requests and answers. The client stores it.</summary>
    [JsonStringEnumMemberName("body")]
    Body,

    /// <summary>The token travels in a cookie that scripts cannot read. The browser stores it.</summary>
    [JsonStringEnumMemberName("cookie")]
    Cookie,
}
