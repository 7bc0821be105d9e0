using System.Diagnostics;
using System.Net;
using System.Threading.RateLimiting;
using CleanJwt.Application.Callers;
using CleanJwt.WebApi.RateLimiting;
using Microsoft.AspNetCore.Http;

namespace CleanJwt.WebApi.FunctionalTests.Hosting;

/// <summary>The memory that the rate limiter keeps for client addresses.</summary>
[Category("Load")]
internal sealed class RateLimiterMemory
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    [Test]
    public async Task ClientThatStaysAway_IsForgotten()
    {
        var limit = new ClientRateLimit(permits: 60, new RateLimitingOptions { Window = Window });
        await using var limiter = PartitionedRateLimiter.Create<HttpContext, ClientNetwork>(limit.GetPartition);
        for (var i = 0; i < 1000; i++)
        {
            Assert.That(Ask(limiter, NetworkOf(i)), Is.True);
        }

        Assert.That(limit.Clients, Is.EqualTo(1000));
        for (var waited = Stopwatch.StartNew(); limit.Clients > 0 && waited.Elapsed < TimeSpan.FromSeconds(60);)
        {
            await Task.Delay(100);
        }

        Assert.That(limit.Clients, Is.Zero);
    }

    [Test]
    public async Task AttackerWithManyNetworks_IsNotRememberedForEach()
    {
        var limit = new ClientRateLimit(permits: 1, new RateLimitingOptions());
        await using var limiter = PartitionedRateLimiter.Create<HttpContext, ClientNetwork>(limit.GetPartition);
        var passed = 0;
        for (var i = 0; i < 400_000; i++)
        {
            passed += Ask(limiter, NetworkOf(i)) ? 1 : 0;
        }

        // All that are counted each for themselves pass once, and of the others no more than there are limits to share.
        Assert.That(
            limit.Clients,
            Is.InRange(ClientRateLimit.MaxClients, ClientRateLimit.MaxClients + ClientRateLimit.SharedLimits));
        Assert.That(passed, Is.EqualTo(limit.Clients));

        // And few clients share a limit: a client that has no part in the attack has as good a chance as any.
        Assert.That(limit.Clients, Is.GreaterThan(ClientRateLimit.MaxClients + (ClientRateLimit.SharedLimits * 0.9)));
    }

    private static bool Ask(PartitionedRateLimiter<HttpContext> limiter, IPAddress address)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = address;
        using var lease = limiter.AttemptAcquire(context);
        return lease.IsAcquired;
    }

    private static IPAddress NetworkOf(int number) =>
        IPAddress.Parse($"2001:db8:{number >> 16:x}:{number & 0xFFFF:x}::1");
}
