using System.Collections.Concurrent;

namespace CleanJwt;

/// <summary>Counts the different answers that came to many requests.</summary>
internal sealed class Tally
{
    private readonly ConcurrentDictionary<string, int> _counts = new();

    public int this[string answer] => _counts.GetValueOrDefault(answer);

    public IEnumerable<string> Answers => _counts.Keys;

    public int Total => _counts.Values.Sum();

    public void Add(string answer, int times = 1) => _counts.AddOrUpdate(answer, times, (_, count) => count + times);

    public override string ToString() =>
        string.Join(", ", _counts.OrderBy(count => count.Key).Select(count => $"{count.Value}× {count.Key}"));
}

internal static class Durations
{
    public static TimeSpan Median(this IEnumerable<TimeSpan> durations)
    {
        var sorted = durations.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
