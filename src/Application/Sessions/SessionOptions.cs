using System.ComponentModel.DataAnnotations;
using CleanJwt.Domain.Sessions;

namespace CleanJwt.Application.Sessions;

/// <summary>The lifetimes of sessions.</summary>
public sealed class SessionOptions
{
    public const string SectionName = "Sessions";

    /// <summary>A session ends when it has not been refreshed for this long.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan IdleLifetime { get; init; } = TimeSpan.FromDays(14);

    /// <summary>A session ends this long after its sign-in, however often it is refreshed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan AbsoluteLifetime { get; init; } = TimeSpan.FromDays(90);

    /// <summary>
    /// How long a spent refresh token still gets tokens of the current generation. Zero turns that off.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan RefreshReuseGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The least time between two rotations of a refresh token in a cookie. For this time, the token before is as good.
    /// It counts up to half of <see cref="IdleLifetime"/>, because only a rotation prolongs the session.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan CookieRotationInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The attribute SameSite of the cookie: <c>Strict</c>, or <c>Lax</c>. Either keeps the cookie from requests that
    /// another site makes.
    /// </summary>
    [SameSite]
    public string CookieSameSite { get; init; } = "Strict";

    /// <summary>The rule by which a refresh token of this transport rotates.</summary>
    public RotationRule RuleOf(TokenTransport transport) => transport switch
    {
        TokenTransport.Body => new RotationRule(RefreshReuseGrace, TimeSpan.Zero),
        TokenTransport.Cookie => new RotationRule(EffectiveInterval, EffectiveInterval),
    };

    /// <summary>
    /// Whether an answer without a rotation may hand over the current refresh token again. A browser stores the cookie
    /// of the answer that arrives last. Shortly before the next rotation, such an answer could arrive after that of the
    /// rotation and put the older cookie back.
    /// </summary>
    public bool HandsOverAgain(Session session, TokenTransport transport, DateTimeOffset now) =>
        transport is TokenTransport.Body || session.IsYoungerThan(EffectiveInterval / 2, now);

    /// <summary>
    /// The end of a session that began at <paramref name="createdAt"/> and was refreshed at <paramref name="now"/>.
    /// </summary>
    public DateTimeOffset ExpiryOf(DateTimeOffset createdAt, DateTimeOffset now)
    {
        var idle = now + IdleLifetime;
        var absolute = createdAt + AbsoluteLifetime;
        return idle < absolute ? idle : absolute;
    }

    private TimeSpan EffectiveInterval =>
        CookieRotationInterval < IdleLifetime / 2 ? CookieRotationInterval : IdleLifetime / 2;
}

/// <summary>Accepts <c>Strict</c> and <c>Lax</c>. The message for <c>None</c> names what to do instead.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SameSiteAttribute : ValidationAttribute
{
    public SameSiteAttribute() => ErrorMessage =
        "Strict, Lax. Let a frontend on another site proxy /api on its own origin instead, see docs/frontends.md";

    public override bool IsValid(object? value) => value is "Strict" or "Lax";
}
