using System.Diagnostics;
using CleanJwt.Infrastructure.Threading;

namespace CleanJwt.Infrastructure.IntegrationTests.Threading;

/// <summary>Deadlines that many share come no earlier than each was promised, and not much later.</summary>
internal sealed class SharedDeadlines
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(400);

    [Test]
    public async Task Deadline_ComesInItsTimeAndNeverBefore()
    {
        var deadlines = new Deadlines(Patience);
        var waits = new List<Task<TimeSpan>>();
        for (var i = 0; i < 30; i++)
        {
            waits.Add(WaitAsync(deadlines.Next()));
            await Task.Delay(10);
        }

        foreach (var waited in await Task.WhenAll(waits))
        {
            Assert.That(waited, Is.InRange(Patience - TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(10))); // the system's clock has steps
        }
    }

    [Test]
    public void DeadlinesOfOneMoment_AreOne()
    {
        var deadlines = new Deadlines(TimeSpan.FromMinutes(1));
        Assert.That(Enumerable.Range(0, 10_000).Select(_ => deadlines.Next()).Distinct().Count(), Is.LessThan(20));
    }

    [Test]
    public async Task Deadline_IsNotOverWhenItIsGiven()
    {
        var deadlines = new Deadlines(Patience);
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < 3 * Patience)
        {
            Assert.That(deadlines.Next().IsCancellationRequested, Is.False);
            await Task.Delay(5);
        }
    }

    private static async Task<TimeSpan> WaitAsync(CancellationToken deadline)
    {
        var watch = Stopwatch.StartNew();
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = deadline.Register(over.SetResult);
        await over.Task;
        return watch.Elapsed;
    }
}
