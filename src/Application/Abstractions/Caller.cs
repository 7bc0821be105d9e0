using CleanJwt.Domain.Activities;

namespace CleanJwt.Application.Abstractions;

/// <summary>Who asks, and from where. The ids come from the access token, never from the request itself.</summary>
public sealed record Caller(Guid AccountId, Guid SessionId, ClientInfo Client)
{
    public static readonly Caller Nobody = new(Guid.Empty, Guid.Empty, ClientInfo.Unknown);

    /// <summary>The caller does something to their own account.</summary>
    public Act Does(string action, DateTimeOffset now) => Does([Client.Entry(action, AccountId, SessionId, now)], now);

    /// <summary>The caller does something of which no trail is kept.</summary>
    public Act DoesUnnoted(DateTimeOffset now) => Does([], now);

    /// <summary>The caller tried to, and was refused.</summary>
    public ActivityEntry Fails(string action, DateTimeOffset now) => Client.Entry(action, AccountId, SessionId, now, ActivityOutcome.Failure);

    /// <summary>The caller does something to another account, or their own, as an administrator.</summary>
    public Act Does(AdministrativeAct act, Guid toAccountId, DateTimeOffset now)
    {
        var done = Client.Entry(act.Done, AccountId, SessionId, now);
        var suffered = ClientInfo.Unknown.Entry(act.Suffered, toAccountId, sessionId: null, now);
        return Does(
            toAccountId == AccountId ? [done] : [done with { OtherAccountId = toAccountId }, suffered with { OtherAccountId = AccountId }], now);
    }

    private Act Does(IReadOnlyList<ActivityEntry> trail, DateTimeOffset now) => new(now, trail) { By = AccountId, BySession = SessionId };
}
