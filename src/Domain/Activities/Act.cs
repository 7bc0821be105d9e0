namespace CleanJwt.Domain.Activities;

/// <summary>Something that is being done, with what the trails will tell of it. Both are stored in one transaction, or neither.</summary>
/// <param name="At">The time of the request, which all that the act changes carries.</param>
public sealed record Act(DateTimeOffset At, IReadOnlyList<ActivityEntry> Trail)
{
    /// <summary>The session that does it, for acts that a session which is over must not do any more. Null where none is needed.</summary>
    public Guid? BySession { get; init; }

    /// <summary>The account that does it. Null for an act of whoever runs the service, and for one that needs no session.</summary>
    public Guid? By { get; init; }

    /// <summary>An act of whoever runs the service, which has no session and comes from nowhere.</summary>
    public static Act OfOperator(string action, Guid accountId, DateTimeOffset now) => new(now, [new ActivityEntry
    {
        Id = Guid.CreateVersion7(now),
        At = now,
        AccountId = accountId,
        Action = action,
        Outcome = ActivityOutcome.Success,
    }]);
}
