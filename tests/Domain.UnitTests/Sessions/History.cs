using CleanJwt.Domain.Sessions;
using FsCheck;
using FsCheck.Fluent;

namespace CleanJwt.Domain.UnitTests.Sessions;

/// <summary>An event in the life of a session.</summary>
internal abstract record Step
{
    /// <summary>
    /// Parallel requests. Each presents a token by its distance from the newest: 0 is the newest, -1 was never issued.
    /// </summary>
    public sealed record Refresh(params int[] Ages) : Step
    {
        public override string ToString() => $"refresh({string.Join(", ", Ages)})";
    }

    public sealed record Logout : Step
    {
        public override string ToString() => "logout";
    }

    /// <summary>The next request comes after this time, or to a node whose clock is behind by it.</summary>
    public sealed record Jump(TimeSpan By) : Step
    {
        public override string ToString() => $"jump {By}";
    }
}

/// <summary>The events of one session under one rule.</summary>
internal sealed record History(RotationRule Rule, IReadOnlyList<Step> Steps)
{
    public static readonly TimeSpan IdleLifetime = TimeSpan.FromMinutes(1);

    public override string ToString() => $"{Rule}: {string.Join("; ", Steps)}";
}

/// <summary>Makes histories that stay near the boundaries of the rules, and makes failing ones shorter.</summary>
internal static class Histories
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static readonly Gen<RotationRule> BodyRules =
        Gen.Elements(TimeSpan.Zero, SessionExample.Tick, Second, 10 * Second).Select(BodyRule);

    private static readonly Gen<RotationRule> CookieRules =
        Gen.Elements(SessionExample.Tick, Second, 10 * Second).Select(CookieRule);

    public static Gen<History> Generator =>
        from rule in Gen.OneOf(BodyRules, CookieRules)
        from steps in Gen.Frequency(
            (8, Refreshes), (6, Jumps(rule.PreviousIsGood)), (1, Gen.Constant<Step>(new Step.Logout()))).ListOf()
        select new History(rule, steps);

    public static RotationRule BodyRule(TimeSpan grace) => new(grace, TimeSpan.Zero);

    public static RotationRule CookieRule(TimeSpan interval) => new(interval, interval);

    public static Arbitrary<History> Arbitrary() => Arb.From(Generator, Shorter);

    // Old tokens end the session, so they are rare enough for histories to get long.
    private static Gen<Step> Refreshes =>
        from width in Gen.Frequency((4, Gen.Constant(1)), (2, Gen.Constant(2)), (1, Gen.Constant(3)))
        from ages in Gen.ArrayOf(
            Gen.Frequency((12, Gen.Constant(0)), (6, Gen.Constant(1)), (1, Gen.Choose(-1, 5))), width)
        select (Step)new Step.Refresh(ages);

    private static Gen<Step> Jumps(TimeSpan grace) =>
        from time in Gen.Elements(
            SessionExample.Tick, -SessionExample.Tick, grace - SessionExample.Tick, grace, grace + SessionExample.Tick,
            Second, -Second, 4 * Second, History.IdleLifetime - SessionExample.Tick, History.IdleLifetime)
        select (Step)new Step.Jump(time);

    private static IEnumerable<History> Shorter(History history) =>
        history.Steps.Select((_, left) => history with { Steps = [.. history.Steps.Where((_, i) => i != left)] });
}
