using System.Diagnostics.Metrics;

namespace CleanJwt.Infrastructure.Revocation;

/// <summary>The metrics of the meter <c>CleanJwt.Revocation</c>.</summary>
internal sealed class RevocationMetrics
{
    public const string MeterName = "CleanJwt.Revocation";

    private readonly Meter _meter;

    public RevocationMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        Learned = _meter.CreateCounter<long>(
            "cleanjwt.revocation.learnt", "{revocation}", "Revocations read from the database.");
        Refused = _meter.CreateCounter<long>(
            "cleanjwt.revocation.refused",
            "{request}",
            "Requests refused because the node had not read the revocations for too long.");
        Reuses = _meter.CreateCounter<long>(
            "cleanjwt.refresh_token.reuses",
            "{session}",
            "Sessions ended because a used refresh token was sent again.");
    }

    public Counter<long> Learned { get; }

    public Counter<long> Refused { get; }

    public Counter<long> Reuses { get; }

    /// <summary>Registers the gauges of the list's size and age.</summary>
    public void Observe(RevocationList list)
    {
        _meter.CreateObservableGauge(
            "cleanjwt.revocation.entries", () => list.Count, "{session}", "Sessions in this node's list.");
        _meter.CreateObservableGauge(
            "cleanjwt.revocation.age",
            () => list.Age.TotalSeconds,
            "s",
            "Time since the last successful poll was sent.");
    }
}
