using System.Net.Sockets;
using System.Threading.RateLimiting;
using CleanJwt.Application.Callers;
using CleanJwt.WebApi.Errors;
using Microsoft.AspNetCore.RateLimiting;

namespace CleanJwt.WebApi.RateLimiting;

/// <summary>
/// Limits the requests of one client in a minute, on all endpoints whose <see cref="EnableRateLimitingAttribute"/>
/// names the same policy together.
/// </summary>
/// <remarks>
/// Each node counts for itself. The window slides, so a client can't send twice the limit around the end of a minute.
/// The node forgets a client ten seconds after its last request has left the window.
/// </remarks>
internal sealed class ClientRateLimit : IRateLimiterPolicy<ClientNetwork>
{
    /// <summary>The policy for <see cref="RateLimitingOptions.PermitsPerMinute"/>.</summary>
    public const string Policy = "client";

    /// <summary>The policy for <see cref="RateLimitingOptions.RefreshesPerMinute"/>.</summary>
    public const string RefreshPolicy = "refresh";

    /// <summary>
    /// The number of clients that are counted separately. Further clients share <see cref="SharedLimits"/> limits.
    /// This bounds the memory, and the time of the library to look through all clients ten times a second, even if an
    /// attacker has a large IPv6 network.
    /// </summary>
    internal const int MaxClients = 100_000;

    internal const int SharedLimits = 50_000;

    private const int SegmentsPerWindow = 6;

    // The library looks for the next segment at this interval, so a segment may begin this much late.
    private static readonly TimeSpan MaxSegmentDelay = TimeSpan.FromMilliseconds(100);

    private readonly SlidingWindowRateLimiterOptions _window;
    private readonly Func<ClientNetwork, RateLimiter> _start;
    private int _clients;

    public ClientRateLimit(int permits, RateLimitingOptions options)
    {
        _window = new SlidingWindowRateLimiterOptions
        {
            PermitLimit = permits,
            Window = options.Window,
            SegmentsPerWindow = SegmentsPerWindow,
            AutoReplenishment = false, // the library has one timer for all clients
        };
        _start = _ => new CountedLimiter(this);

        // The library does not say when the next request will pass. After this time it passes in every case.
        var error = ApiErrors.RateLimited with { RetryAfter = options.Window + (SegmentsPerWindow * MaxSegmentDelay) };
        OnRejected = (rejected, _) => new ValueTask(ProblemWriter.WriteAsync(rejected.HttpContext, error));
    }

    public Func<OnRejectedContext, CancellationToken, ValueTask>? OnRejected { get; }

    /// <summary>The number of clients that this node remembers.</summary>
    internal int Clients => Volatile.Read(ref _clients);

    public RateLimitPartition<ClientNetwork> GetPartition(HttpContext httpContext)
    {
        var client = ClientNetwork.Of(httpContext.Connection.RemoteIpAddress);
        return new(Clients < MaxClients ? client : SharedLimitOf(client), _start);
    }

    // A client always gets the same limit. An attacker can't choose the clients to share it with: hash codes differ
    // in every process.
    private static ClientNetwork SharedLimitOf(ClientNetwork client) =>
        new(AddressFamily.Unknown, (uint)HashCode.Combine(client.Family, client.Bits) % SharedLimits);

    /// <summary>The window of one client. It counts as remembered until the library disposes it.</summary>
    private sealed class CountedLimiter : ReplenishingRateLimiter
    {
        private readonly ClientRateLimit _owner;
        private readonly SlidingWindowRateLimiter _window;

        public CountedLimiter(ClientRateLimit owner)
        {
            (_owner, _window) = (owner, new SlidingWindowRateLimiter(owner._window));
            Interlocked.Increment(ref _owner._clients);
        }

        public override TimeSpan ReplenishmentPeriod => _window.ReplenishmentPeriod;

        public override bool IsAutoReplenishing => _window.IsAutoReplenishing;

        public override TimeSpan? IdleDuration => _window.IdleDuration;

        public override bool TryReplenish() => _window.TryReplenish();

        public override RateLimiterStatistics? GetStatistics() => _window.GetStatistics();

        protected override RateLimitLease AttemptAcquireCore(int permitCount) => _window.AttemptAcquire(permitCount);

        protected override ValueTask<RateLimitLease> AcquireAsyncCore(
            int permitCount, CancellationToken cancellationToken) =>
            _window.AcquireAsync(permitCount, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            _window.Dispose();
            Interlocked.Decrement(ref _owner._clients);
            base.Dispose(disposing);
        }
    }
}
