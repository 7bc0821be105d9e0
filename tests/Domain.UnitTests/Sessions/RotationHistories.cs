using CleanJwt.Domain.Sessions;
using FsCheck;
using FsCheck.Fluent;
using static CleanJwt.Domain.UnitTests.Sessions.SessionExample;
using Property = FsCheck.Property;

namespace CleanJwt.Domain.UnitTests.Sessions;

/// <summary>Random histories of a session. The rules of rotation hold in all of them.</summary>
internal sealed class RotationHistories
{
    [FsCheck.NUnit.Property(MaxTest = 3000, Arbitrary = [typeof(Histories)])]
    public Property AnyHistory_AnswersAsTheModel(History history)
    {
        var family = new TokenFamily(history.Rule, History.IdleLifetime);
        return Holds(history, (service, step, replies, now) =>
        {
            List<Reply> expected = [];
            if (step is Step.Refresh refresh)
            {
                var newest = family.Issued;
                expected = family.Present([.. refresh.Ages.Select(age => newest - age)], now);
            }
            else if (step is Step.Logout)
            {
                family.End();
            }

            return replies.SequenceEqual(
                expected) && service.IsOver == family.IsOver && service.Generation == family.Issued
                ? null
                : $"The model answers {string.Join(", ", expected)}, the rules {string.Join(", ", replies)}";
        });
    }

    [FsCheck.NUnit.Property(MaxTest = 1000, Arbitrary = [typeof(Histories)])]
    public Property AnyHistory_HasOneLiveGenerationAsLongAsTheSessionLives(History history) =>
        Holds(history, (service, _, _, now) =>
    {
        var live = Generations(service).Count(generation => service.Peek(generation, now) switch
        {
            RotationOutcome.Rotate => true,
            RotationOutcome.Repeat => generation == service.Generation,
            _ => false,
        });
        return live == (service.IsLive(now) ? 1 : 0) ? null : $"{live} generations are live";
    });

    [FsCheck.NUnit.Property(MaxTest = 1000, Arbitrary = [typeof(Histories)])]
    public Property OneMoment_NeverRotatesTwiceForOneToken(History history) => Holds(history, (_, _, replies, _) =>
        replies.Count(reply => reply.Outcome == RotationOutcome.Rotate) <= 1 ? null : "Two successors were made");

    [FsCheck.NUnit.Property(MaxTest = 1000, Arbitrary = [typeof(Histories)])]
    public Property EndedSession_HasNoGoodTokenAtAnyTime(History history)
    {
        var wasReusedOrLeft = false;
        return Holds(history, (service, step, replies, now) =>
        {
            wasReusedOrLeft |= step is Step.Logout || replies.Any(reply => reply.Outcome == RotationOutcome.Reused);
            return !wasReusedOrLeft || Generations(service).All(
                generation => service.Peek(generation, now) == RotationOutcome.Invalid)
                ? null
                : "A token of the ended session is not invalid";
        });
    }

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    [Category("Exhaustive")]
    public Property TokenSpentLongAgo_EndsTheSession(PositiveInt rotations, PositiveInt age, NonNegativeInt wait)
    {
        var grace = TimeSpan.FromSeconds(10);
        var service = new TinyService(Histories.BodyRule(grace), TimeSpan.FromDays(1));
        var last = Start;
        for (var i = 0; i < rotations.Get; i++)
        {
            last += TimeSpan.FromSeconds(i % 3);
            service.Refresh([service.Generation], last);
        }

        var now = last + (age.Get == 1 ? grace : TimeSpan.Zero) + TimeSpan.FromSeconds(wait.Get);
        return Prop.When(age.Get <= rotations.Get, () =>
        {
            var reply = service.Refresh([service.Generation - age.Get], now).Single();
            return reply.Outcome == RotationOutcome.Reused && service.IsOver;
        });
    }

    // The answers of a browser's requests overtake each other, but none takes as long as half of the interval: after
    // half of it, an answer without a rotation no longer sets the cookie.
    [FsCheck.NUnit.Property(MaxTest = 3000)]
    public Property CookieWithLateAnswers_KeepsItsSession()
    {
        var interval = TimeSpan.FromSeconds(60);
        var request =
            from wait in Gen.Elements(0, 1, 20, 29, 30, 31, 40, 59, 60, 61, 600)
            from delay in Gen.Elements(0, 1, 28, 29)
            select (wait, delay);
        return Prop.ForAll(Arb.From(request.ListOf(20)), requests =>
        {
            var service = new TinyService(Histories.CookieRule(interval), TimeSpan.FromDays(1));
            var (now, arrivals) = (Start, new List<(DateTimeOffset At, int Generation)> { (Start, 1) });
            foreach (var (wait, delay) in requests)
            {
                now += TimeSpan.FromSeconds(wait);
                var cookie = arrivals.Where(arrival => arrival.At <= now).MaxBy(arrival => arrival.At).Generation;
                var age = now - service.RotatedAt;
                var reply = service.Refresh([cookie], now).Single();
                if (reply.Generation is not { } generation)
                {
                    return false.Label($"generation {cookie} was answered {reply.Outcome} after {now - Start}");
                }

                if (cookie != generation || age < interval / 2)
                {
                    arrivals.Add((now + TimeSpan.FromSeconds(delay), generation));
                }
            }

            return true.ToProperty();
        });
    }

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public Property CookieOfTwoGenerationsAgo_EndsTheSession(
        PositiveInt rotations, NonNegativeInt wait, PositiveInt age)
    {
        var interval = TimeSpan.FromSeconds(60);
        var service = new TinyService(Histories.CookieRule(interval), TimeSpan.FromDays(1));
        var now = Start;
        for (var i = 0; i < rotations.Get + 1; i++)
        {
            now += interval;
            service.Refresh([service.Generation], now);
        }

        var presented = Math.Max(Session.FirstGeneration, service.Generation - 1 - age.Get);
        var reply = service.Refresh([presented], now + TimeSpan.FromSeconds(wait.Get)).Single();
        return (reply.Outcome == RotationOutcome.Reused && service.IsOver).ToProperty();
    }

    [FsCheck.NUnit.Property(MaxTest = 3000, Arbitrary = [typeof(RuleKeepingClients)])]
    [Category("Exhaustive")]
    public Property ClientThatKeepsTheRules_KeepsItsSession(RuleKeepingClient client)
    {
        var harm = client.FirstHarm();
        return (harm is null).Label(harm ?? "");
    }

    [Test]
    public void GeneratedHistories_ReachEveryOutcomeAndLoseRaces()
    {
        var outcomes = new HashSet<RotationOutcome>();
        var lostRaces = 0;
        foreach (var history in Histories.Generator.Sample(1000, 30))
        {
            Holds(history, (service, _, replies, _) =>
            {
                outcomes.UnionWith(replies.Select(reply => reply.Outcome));
                lostRaces += service.LostRaces;
                return null;
            });
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(outcomes, Is.EquivalentTo(Enum.GetValues<RotationOutcome>()));
            Assert.That(lostRaces, Is.GreaterThan(100));
        }
    }

    private static IEnumerable<int> Generations(TinyService service) => Enumerable.Range(-1, service.Generation + 4);

    /// <param name="violation">Called after each step. Returns a description of the violation, or null.</param>
    private static Property Holds(
        History history, Func<TinyService, Step, IReadOnlyList<Reply>, DateTimeOffset, string?> violation)
    {
        var service = new TinyService(history.Rule, History.IdleLifetime);
        var now = Start;
        for (var i = 0; i < history.Steps.Count; i++)
        {
            IReadOnlyList<Reply> replies = [];
            switch (history.Steps[i])
            {
                case Step.Refresh refresh:
                    replies = service.Refresh([.. refresh.Ages.Select(age => service.Generation - age)], now);
                    break;
                case Step.Logout:
                    service.End(now);
                    break;
                case Step.Jump jump:
                    now += jump.By;
                    break;
            }

            if (violation(service, history.Steps[i], replies, now) is { } wrong)
            {
                return false.Label($"{wrong} (step {i + 1}: {history.Steps[i]})");
            }
        }

        return true.ToProperty();
    }
}
