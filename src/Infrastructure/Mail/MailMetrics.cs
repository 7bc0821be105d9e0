using System.Diagnostics.Metrics;

namespace CleanJwt.Infrastructure.Mail;

/// <summary>The metrics of the meter <c>CleanJwt.Mail</c>, and what the health check reports.</summary>
internal sealed class MailMetrics
{
    public const string MeterName = "CleanJwt.Mail";

    private readonly TimeProvider _time;
    private volatile OutboxState _outbox = new(Pending: 0, Oldest: null, NextAt: null);
    private volatile string? _transportFailure;
    private DateTimeOffset? _refusesSince;

    public MailMetrics(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(MeterName);
        Sent = meter.CreateCounter<long>("cleanjwt.mail.sent", "{mail}", "Mails that the transport took.");
        Failed = meter.CreateCounter<long>(
            "cleanjwt.mail.failed", "{attempt}", "Attempts after which a mail waits for the next one.");
        Dead = meter.CreateCounter<long>("cleanjwt.mail.dead", "{mail}", "Mails that were given up.");
        meter.CreateObservableGauge(
            "cleanjwt.mail.pending", () => _outbox.Pending, "{mail}", "Mails in the outbox that wait to be sent.");
        meter.CreateObservableGauge(
            "cleanjwt.mail.age", () => Age.TotalSeconds, "s", "Age of the oldest mail that waits to be sent.");
    }

    public Counter<long> Sent { get; }

    public Counter<long> Failed { get; }

    public Counter<long> Dead { get; }

    /// <summary>Why no mail could be sent at the last try. Null when mails can be sent.</summary>
    public string? TransportFailure { get => _transportFailure; set => _transportFailure = value; }

    /// <summary>How long the transport has postponed every mail. Zero while it takes mails, or none waits.</summary>
    public TimeSpan Refusing => _outbox.Pending == 0 ? TimeSpan.Zero : Since(_refusesSince);

    /// <summary>How long ago the next mail was to be tried. Zero when none is late.</summary>
    public TimeSpan Delay => Since(_outbox.NextAt);

    /// <summary>The age of the oldest mail that waits. Zero when none waits.</summary>
    private TimeSpan Age => Since(_outbox.Oldest);

    /// <summary>Takes over what the dispatcher of this node has seen.</summary>
    public void Report(OutboxState outbox) => _outbox = outbox;

    /// <param name="wasTaken">
    /// False when the transport postponed the mail. One that it refused for good counts as taken.
    /// </param>
    public void NoteOutcome(bool wasTaken) => _refusesSince = wasTaken ? null : _refusesSince ?? _time.GetUtcNow();

    private TimeSpan Since(DateTimeOffset? moment) =>
        moment is { } at && _time.GetUtcNow() - at is { Ticks: > 0 } time ? time : TimeSpan.Zero;
}
