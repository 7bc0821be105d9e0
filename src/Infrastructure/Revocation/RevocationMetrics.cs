using System.Diagnostics.Metrics;

namespace CleanJwt.Infrastructure.Revocation;

/// <summary>What an operator watches of revocation, under the meter <c>CleanJwt.Revocation</c>.</summary>
internal sealed class RevocationMetrics
{
    public const string MeterName = "CleanJwt.Revocation";

    private readonly Meter _meter;

    public RevocationMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        Learnt = _meter.CreateCounter<long>("cleanjwt.revocation.learnt", "{revocation}", "Revocations read from the database.");
        Refused = _meter.CreateCounter<long>(
            "cleanjwt.revocation.refused", "{request}", "Requests refused because no revocations had been learnt for too long.");
        Reuses = _meter.CreateCounter<long>(
            "cleanjwt.refresh_token.reuses", "{session}", "Sessions ended because a spent refresh token came back.");
    }

    public Counter<long> Learnt { get; }

    public Counter<long> Refused { get; }

    public Counter<long> Reuses { get; }

    /// <summary>Shows the list's size, and the age of what it knows.</summary>
    public void Observe(RevocationList list)
    {
        _meter.CreateObservableGauge("cleanjwt.revocation.entries", () => list.Count, "{session}", "Sessions in this node's list.");
        _meter.CreateObservableGauge(
            "cleanjwt.revocation.age", () => list.Age.TotalSeconds, "s", "Time since the last successful poll was sent.");
    }
}
