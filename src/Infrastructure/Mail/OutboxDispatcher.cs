using CleanJwt.Application.Mail;
using CleanJwt.Domain.Mail;
using CleanJwt.Infrastructure.Persistence;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MimeKit;

namespace CleanJwt.Infrastructure.Mail;

/// <summary>
/// Sends the mails of the outbox. Every node has a dispatcher. A node takes a mail by a change of its row, so no two
/// send it.
/// </summary>
/// <remarks>
/// A node that is killed after it has sent a mail, and before it has deleted the row, leaves a mail that another node
/// sends again. Both have the same <c>Message-ID</c>, by which mail servers recognize the second one.
/// </remarks>
internal sealed partial class OutboxDispatcher(
    OutboxStore store,
    OutboxWriter payloads,
    MailComposer composer,
    MailMessages messages,
    IMailTransport transport,
    OutboxSignal signal,
    MailMetrics metrics,
    MailOptions mail,
    OutboxOptions options,
    TimeProvider time,
    ILogger<OutboxDispatcher> logger) : BackgroundService
{
    private const int BatchSize = 50;

    private static readonly TimeSpan[] Backoff =
    [
        TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10),
        TimeSpan.FromMinutes(30), TimeSpan.FromHours(1),
    ];

    // While the mail server is away. Its operator wants mails to flow soon after it is back.
    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(2);

    // Less than the time of a claim, so that no other node takes the mail meanwhile.
    private static readonly TimeSpan MaxSendTime = OutboxStore.ClaimTime - TimeSpan.FromSeconds(20);

    private IMailConnection? _connection;
    private int _failedRuns;
    private long _reportedAt;

    /// <summary>Sends all mails that are due. The caller may be one of several nodes.</summary>
    /// <param name="stopping">Stops before the next mail. The mail that is being sent is finished.</param>
    /// <exception cref="MailTransportException">Mails can't be sent now.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (await store.ListDueAsync(time.GetUtcNow(), BatchSize, stopping) is { Count: > 0 } due)
            {
                foreach (var row in due)
                {
                    stopping.ThrowIfCancellationRequested();
                    if (await store.TryClaimAsync(row, time.GetUtcNow()))
                    {
                        await ProcessAsync(row);
                    }
                }

                await ReportSometimesAsync(stopping);
            }

            if (metrics.TransportFailure is not null)
            {
                // Nothing is left by which to see that mails can be sent again.
                using var deadline = new CancellationTokenSource(MaxSendTime);
                await ConnectAsync(deadline.Token);
                Recover();
            }
        }
        finally
        {
            await CloseAsync();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!mail.IsOn)
        {
            return;
        }

        try
        {
            while (true)
            {
                await signal.WaitAsync(options.PollInterval, stoppingToken);
                if (await TryRunAsync(stoppingToken) is { } pause)
                {
                    await Task.Delay(pause, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops. The mail that was being sent is done.
        }
    }

    private static TimeSpan Vary(TimeSpan time) => time * (0.8 + (Random.Shared.NextDouble() * 0.4));

    /// <returns>How long to pause after a failure. Null after a run without one.</returns>
    private async Task<TimeSpan?> TryRunAsync(CancellationToken stopping)
    {
        try
        {
            await ReportSometimesAsync(stopping);
            await RunAsync(stopping);
            _failedRuns = 0;
            return null;
        }
        catch (MailTransportException exception)
        {
            if (metrics.TransportFailure is null)
            {
                LogAway(logger, exception.Reason, exception.InnerException!);
            }

            metrics.TransportFailure = exception.Reason;
        }
        catch (Exception exception) when (DatabaseErrors.IsOutage(exception))
        {
            LogDatabaseAway(logger, exception); // the next run finds the same rows
        }
#pragma warning disable CA1031 // a fault in the sending of mails must not end the service
        catch (Exception exception) when (!stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogRunFailed(logger, exception);
        }

        return Vary(TimeSpan.FromTicks(
            Math.Min(MaxPause.Ticks, options.PollInterval.Ticks << Math.Min(_failedRuns++, 10))));
    }

    /// <summary>
    /// Updates the gauges, at most once in each interval of the polls: counting reads the whole outbox.
    /// </summary>
    private async Task ReportSometimesAsync(CancellationToken stopping)
    {
        if (_reportedAt != 0 && TimeProvider.System.GetElapsedTime(_reportedAt) < options.PollInterval)
        {
            return;
        }

        _reportedAt = TimeProvider.System.GetTimestamp();
        try
        {
            metrics.Report(await store.CountAsync(stopping));
        }
        catch (Exception exception) when (DatabaseErrors.IsOutage(exception))
        {
            // The next statement says so, if the outage goes on.
        }
    }

    /// <summary>Deals with a mail that this node has claimed. It connects only if there is something to send.</summary>
    private async Task ProcessAsync(OutboxRow row)
    {
        using var deadline = new CancellationTokenSource(MaxSendTime);
        try
        {
            var (composed, failure) = await ComposeAsync(row);
            if (composed is not null && row.ValidUntil <= time.GetUtcNow())
            {
                failure = new SendFailure(row.LastError ?? "expired", IsFinal: true);
            }
            else if (composed is not null)
            {
                failure = await SendAsync(await ConnectAsync(deadline.Token), row, composed, deadline.Token);
            }

            await SettleAsync(row, failure);
        }
        catch (MailTransportException)
        {
            await store.ReleaseAsync(row, time.GetUtcNow());
            throw;
        }
    }

    /// <returns>The mail, or the reason why it can't be written. Neither when there is nothing to send.</returns>
    private async Task<(ComposedMail? Mail, SendFailure? Failure)> ComposeAsync(OutboxRow row)
    {
        if (!payloads.TryRead(row, out var request))
        {
            return (null, new SendFailure("unreadable", IsFinal: true));
        }

        if (!MailKinds.IsKnown(request.Kind))
        {
            return (null, new SendFailure("unknown kind", IsFinal: false)); // a node of a newer version knows it
        }

        try
        {
            return (await composer.ComposeAsync(request, CancellationToken.None), null);
        }
#pragma warning disable CA1031 // one mail that meets a fault of the program must not hold up the others
        catch (Exception exception) when (!DatabaseErrors.IsOutage(exception))
#pragma warning restore CA1031
        {
            LogFault(logger, row.Id, row.Kind, exception);
            return (null, new SendFailure("fault", IsFinal: false));
        }
    }

    private async Task<IMailConnection> ConnectAsync(CancellationToken deadline)
    {
        if (_connection is { IsUsable: true })
        {
            return _connection;
        }

        await CloseAsync();
        return _connection = await transport.ConnectAsync(deadline);
    }

    private async Task CloseAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }

    private void Recover()
    {
        if (metrics.TransportFailure is not null)
        {
            metrics.TransportFailure = null;
            LogRecovered(logger);
        }
    }

    private async Task<SendFailure?> SendAsync(
        IMailConnection connection, OutboxRow row, ComposedMail composed, CancellationToken deadline)
    {
        try
        {
            var failure = await connection.SendAsync(composed, messages.Make(composed), deadline);
            Recover();
            if (failure is null)
            {
                metrics.Sent.Add(1);
            }

            metrics.NoteOutcome(wasTaken: failure is null or { IsFinal: true });

            return failure;
        }
        catch (ParseException)
        {
            return new SendFailure("address", IsFinal: true); // one that no mail can be sent to
        }
#pragma warning disable CA1031 // one mail that meets a fault of the program must not hold up the others
        catch (Exception exception) when (exception is not MailTransportException)
#pragma warning restore CA1031
        {
            LogFault(logger, row.Id, row.Kind, exception);
            return new SendFailure("fault", IsFinal: false);
        }
    }

    private async Task SettleAsync(OutboxRow row, SendFailure? failure)
    {
        var nextAt = time.GetUtcNow() + Vary(Backoff[Math.Min(row.Attempts, Backoff.Length - 1)]);
        if (failure is null)
        {
            await store.DeleteAsync(row.Id);
        }
        else if (failure.IsFinal || nextAt >= row.ValidUntil)
        {
            await store.BuryAsync(row, time.GetUtcNow(), failure.Reason);
            metrics.Dead.Add(1);
            LogGivenUp(logger, row.Id, row.Kind, failure.Reason);
        }
        else
        {
            await store.PostponeAsync(row, nextAt, failure.Reason);
            metrics.Failed.Add(1);
            LogFailed(logger, row.Id, row.Kind, failure.Reason);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Mails can't be sent ({Reason}). They wait in the outbox.")]
    private static partial void LogAway(ILogger logger, string reason, Exception exception);

    [LoggerMessage(LogLevel.Information, "Mails can be sent again.")]
    private static partial void LogRecovered(ILogger logger);

    [LoggerMessage(LogLevel.Warning, "The outbox can't be read. The next poll tries again.")]
    private static partial void LogDatabaseAway(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Error, "The sending of mails met a fault. The next poll tries again.")]
    private static partial void LogRunFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        LogLevel.Information, "The mail {MailId} ({Kind}) was not taken ({Reason}) and will be tried again.")]
    private static partial void LogFailed(ILogger logger, Guid mailId, string kind, string reason);

    [LoggerMessage(
        LogLevel.Warning,
        "The mail {MailId} ({Kind}) was given up ({Reason}). The command 'outbox list --dead' shows it.")]
    private static partial void LogGivenUp(ILogger logger, Guid mailId, string kind, string reason);

    [LoggerMessage(LogLevel.Error, "The mail {MailId} ({Kind}) could not be made.")]
    private static partial void LogFault(ILogger logger, Guid mailId, string kind, Exception exception);
}
