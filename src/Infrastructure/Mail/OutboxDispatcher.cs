using CleanJwt.Application.Mail;
using CleanJwt.Infrastructure.Persistence;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

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

    private int _failedConnections;

    /// <summary>Sends all mails that are due. The caller may be one of several nodes.</summary>
    /// <param name="stopping">Stops before the next mail. The mail that is being sent is finished.</param>
    /// <exception cref="MailTransportException">Mails can't be sent now.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        IMailConnection? connection = null;
        try
        {
            while (await store.ListDueAsync(time.GetUtcNow(), BatchSize, stopping) is { Count: > 0 } due)
            {
                foreach (var row in due)
                {
                    if (connection is not { IsUsable: true })
                    {
                        await CloseAsync(connection);
                        connection = await transport.ConnectAsync(stopping);
                    }

                    stopping.ThrowIfCancellationRequested();
                    if (await store.TryClaimAsync(row, time.GetUtcNow()))
                    {
                        await SendAsync(connection, row);
                    }
                }
            }
        }
        finally
        {
            await CloseAsync(connection);
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
                await TryRunAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops. The mail that was being sent is done.
        }
    }

    private static ValueTask CloseAsync(IMailConnection? connection) =>
        connection?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static TimeSpan Vary(TimeSpan time) => time * (0.8 + (Random.Shared.NextDouble() * 0.4));

    private async Task TryRunAsync(CancellationToken stopping)
    {
        try
        {
            await RunAsync(stopping);
            if (_failedConnections > 0)
            {
                LogRecovered(logger);
                _failedConnections = 0;
            }

            metrics.Report(await store.CountAsync(stopping), transportFailure: null);
        }
        catch (MailTransportException exception)
        {
            var pause = Vary(TimeSpan.FromTicks(
                Math.Min(MaxPause.Ticks, options.PollInterval.Ticks << Math.Min(_failedConnections, 10))));
            if (_failedConnections++ == 0)
            {
                LogAway(logger, exception.Reason, exception.InnerException!);
            }

            await ReportAsync(exception.Reason, stopping);
            await Task.Delay(pause, stopping);
        }
        catch (Exception exception) when (DatabaseErrors.IsOutage(exception))
        {
            LogDatabaseAway(logger, exception); // the next run finds the same rows
        }
    }

    private async Task ReportAsync(string transportFailure, CancellationToken stopping)
    {
        try
        {
            metrics.Report(await store.CountAsync(stopping), transportFailure);
        }
        catch (Exception exception) when (DatabaseErrors.IsOutage(exception))
        {
            // The next run says so.
        }
    }

    private async Task SendAsync(IMailConnection connection, OutboxRow row)
    {
        try
        {
            var failure = await TrySendAsync(connection, row);
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
        catch (MailTransportException)
        {
            await store.ReleaseAsync(row, time.GetUtcNow());
            throw;
        }
    }

    private async Task<SendFailure?> TrySendAsync(IMailConnection connection, OutboxRow row)
    {
        if (row.ValidUntil <= time.GetUtcNow())
        {
            return new SendFailure(row.LastError ?? "expired", IsFinal: true);
        }

        if (!payloads.TryRead(row, out var request))
        {
            return new SendFailure("unreadable", IsFinal: true);
        }

        try
        {
            if (await composer.ComposeAsync(request, CancellationToken.None) is not { } composed)
            {
                return null; // there is nothing to send
            }

            var failure = await connection.SendAsync(composed, messages.Make(composed), CancellationToken.None);
            if (failure is null)
            {
                metrics.Sent.Add(1);
            }

            return failure;
        }
#pragma warning disable CA1031 // one mail that meets a fault of the program must not hold up the others
        catch (Exception exception) when (
            exception is not MailTransportException && !DatabaseErrors.IsOutage(exception))
#pragma warning restore CA1031
        {
            LogFault(logger, row.Id, row.Kind, exception);
            return new SendFailure("fault", IsFinal: false);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Mails can't be sent ({Reason}). They wait in the outbox.")]
    private static partial void LogAway(ILogger logger, string reason, Exception exception);

    [LoggerMessage(LogLevel.Information, "Mails can be sent again.")]
    private static partial void LogRecovered(ILogger logger);

    [LoggerMessage(LogLevel.Warning, "The outbox can't be read. The next poll tries again.")]
    private static partial void LogDatabaseAway(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Information, "The mail {MailId} ({Kind}) was not taken ({Reason}) and will be tried again.")]
    private static partial void LogFailed(ILogger logger, Guid mailId, string kind, string reason);

    [LoggerMessage(
        LogLevel.Warning,
        "The mail {MailId} ({Kind}) was given up ({Reason}). The command 'outbox list --dead' shows it.")]
    private static partial void LogGivenUp(ILogger logger, Guid mailId, string kind, string reason);

    [LoggerMessage(LogLevel.Error, "The mail {MailId} ({Kind}) could not be made.")]
    private static partial void LogFault(ILogger logger, Guid mailId, string kind, Exception exception);
}
