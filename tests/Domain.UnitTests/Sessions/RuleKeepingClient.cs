using FsCheck;
using FsCheck.Fluent;

namespace CleanJwt.Domain.UnitTests.Sessions;

/// <summary>A refresh by a client, after a wait.</summary>
/// <param name="Skews">How far the clock of each node that it meets is behind.</param>
/// <param name="Retries">
/// The delays after which the client presents the same token again, because it lost the reply.
/// </param>
/// <param name="Tabs">The number of parallel requests.</param>
internal sealed record ClientAction(
    TimeSpan Wait, IReadOnlyList<TimeSpan> Skews, IReadOnlyList<TimeSpan> Retries, int Tabs)
{
    public override string ToString() =>
        $"wait {Wait}, refresh in {Tabs} tabs, again after [{string.Join(", ", Retries)}], clocks behind [{string.Join(", ", Skews)}]";
}

/// <summary>
/// A client that keeps the rules. It presents its newest token, or within the grace period again a token whose reply it
/// lost, and it refreshes before its session has been idle for too long. The clocks of the service's nodes may differ.
/// </summary>
internal sealed record RuleKeepingClient(TimeSpan Grace, IReadOnlyList<ClientAction> Actions)
{
    /// <returns>
    /// The first answer that left the client without tokens of the current generation; null when there is none.
    /// </returns>
    public string? FirstHarm()
    {
        var service = new TinyService(Histories.BodyRule(Grace), History.IdleLifetime);
        var held = service.Generation;
        var clock = SessionExample.Start;
        foreach (var action in Actions)
        {
            clock += action.Wait;
            var replies = service.Refresh([.. Enumerable.Repeat(held, action.Tabs)], clock - action.Skews[0]);
            foreach (var (delay, skew) in action.Retries.Zip(action.Skews.Skip(1)))
            {
                clock += delay;
                replies.AddRange(service.Refresh([held], clock - skew));
            }

            if (replies.Any(reply => reply.Generation != service.Generation))
            {
                return $"{action} was answered {string.Join(", ", replies)}";
            }

            held = service.Generation;
        }

        return null;
    }

    public override string ToString() => $"grace {Grace}: {string.Join("; ", Actions)}";
}

/// <summary>Makes clients that go to the limit of what they may do, and makes failing ones do less.</summary>
internal static class RuleKeepingClients
{
    private const int MaxRetries = 3;

    private static readonly TimeSpan MaxSkew = TimeSpan.FromSeconds(1);

    public static Arbitrary<RuleKeepingClient> Arbitrary() => Arb.From(
        from grace in Gen.Elements(TimeSpan.Zero, SessionExample.Tick, 2 * MaxSkew, 10 * MaxSkew)
        from actions in Actions(grace).ListOf()
        select new RuleKeepingClient(grace, actions),
        Shorter);

    private static Gen<ClientAction> Actions(TimeSpan grace)
    {
        // Without a grace period, a client has one tab and never repeats a request. A grace period that is shorter than
        // the difference between the clocks allows no delay.
        var retryTime = grace > MaxSkew ? grace - MaxSkew - SessionExample.Tick : TimeSpan.Zero;
        var longestWait = History.IdleLifetime - grace - MaxSkew - SessionExample.Tick;
        return
            from wait in Gen.Elements(
                TimeSpan.Zero, SessionExample.Tick, grace, grace + SessionExample.Tick, longestWait)
            from skews in Gen.ArrayOf(Gen.Elements(TimeSpan.Zero, SessionExample.Tick, MaxSkew), MaxRetries + 1)
            from retries in grace > MaxSkew ? Gen.Choose(0, MaxRetries) : Gen.Constant(0)
            from tabs in grace > TimeSpan.Zero ? Gen.Choose(1, 3) : Gen.Constant(1)
            select new ClientAction(
                wait,
                skews,
                [.. Enumerable.Repeat(TimeSpan.FromTicks(retryTime.Ticks / Math.Max(1, retries)), retries)],
                tabs);
    }

    private static IEnumerable<RuleKeepingClient> Shorter(RuleKeepingClient client) =>
        client.Actions.Select((_, left) => client with { Actions = [.. client.Actions.Where((_, i) => i != left)] });
}
