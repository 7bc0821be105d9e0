using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Sessions;

namespace CleanJwt.Domain.UnitTests.Sessions;

/// <summary>
/// A session to vary with <c>with</c>: begun at <see cref="Start"/>, never refreshed, good for an hour.
/// </summary>
internal static class SessionExample
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    public static Session New => new()
    {
        Id = Guid.Parse("0195a1b2-0000-7000-8000-000000000001"),
        AccountId = Guid.Parse("0195a1b2-0000-7000-8000-000000000002"),
        CreatedAt = Start,
        LastSeenAt = Start,
        ExpiresAt = Start.AddHours(1),
        Scope = ScopeSet.ParseKnown("account:read"),
        AuthTime = Start,
        Amr = "pwd",
    };
}
