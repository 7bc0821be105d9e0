using System.Net.Sockets;
using System.Threading.RateLimiting;
using CleanJwt.Application.Callers;
using CleanJwt.WebApi.Errors;
using Microsoft.AspNetCore.RateLimiting;

namespace CleanJwt.WebApi.RateLimiting;

/// <summary>So many requests a minute and client, to all endpoints together that say so by <see cref="EnableRateLimitingAttribute"/>. For others nothing is counted or kept.</summary>
/// <remarks>
/// Each node counts for itself. The window slides, so that no minute's end lets twice as much pass at once. A client is forgotten ten seconds after
/// its last request has left the window.
/// </remarks>
internal sealed class ClientRateLimit : IRateLimiterPolicy<ClientNetwork>
{
    /// <summary>The name by which endpoints ask for it.</summary>
    public const string Policy = "client";

    /// <summary>So many are counted each for itself. Above that, as when an attacker has a large IPv6 network, they share: memory is bounded, and so is the time to look through it, ten times a second.</summary>
    internal const int MaxClients = 100_000;

    internal const int SharedLimits = 50_000;

    private const int SegmentsPerWindow = 6;

    // How often the library looks, and so how much later than it should a segment may begin.
    private static readonly TimeSpan LatenessOfSegment = TimeSpan.FromMilliseconds(100);

    private readonly SlidingWindowRateLimiterOptions _window;
    private readonly Func<ClientNetwork, RateLimiter> _start;
    private int _clients;

    public ClientRateLimit(RateLimitingOptions options)
    {
        _window = new SlidingWindowRateLimiterOptions
        {
            PermitLimit = options.PermitsPerMinute,
            Window = options.Window,
            SegmentsPerWindow = SegmentsPerWindow,
            AutoReplenishment = false, // by a timer for all together
        };
        _start = _ => new CountedLimiter(this);

        // The library does not tell when the next one would pass. By then it does, whenever those before it came.
        var error = ApiErrors.RateLimited with { RetryAfter = options.Window + (SegmentsPerWindow * LatenessOfSegment) };
        OnRejected = (rejected, _) => new ValueTask(ProblemWriter.WriteAsync(rejected.HttpContext, error));
    }

    public Func<OnRejectedContext, CancellationToken, ValueTask>? OnRejected { get; }

    /// <summary>How many clients are remembered.</summary>
    internal int Clients => Volatile.Read(ref _clients);

    public RateLimitPartition<ClientNetwork> GetPartition(HttpContext httpContext)
    {
        var client = ClientNetwork.Of(httpContext.Connection.RemoteIpAddress);
        return new(Clients < MaxClients ? client : SharedLimitOf(client), _start);
    }

    /// <summary>The same for a client every time. Which clients share one, nobody can know or choose: hash codes are other ones in every process.</summary>
    private static ClientNetwork SharedLimitOf(ClientNetwork client) => new(AddressFamily.Unknown, (uint)HashCode.Combine(client.Family, client.Bits) % SharedLimits);

    /// <summary>One client's window, counted for as long as the library keeps it.</summary>
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

        protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) =>
            _window.AcquireAsync(permitCount, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            _window.Dispose();
            Interlocked.Decrement(ref _owner._clients);
            base.Dispose(disposing);
        }
    }
}
