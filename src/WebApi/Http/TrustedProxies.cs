using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace CleanJwt.WebApi.Http;

/// <summary>
/// The settings <c>ForwardedHeaders:*</c>: the proxies whose <c>X-Forwarded-For</c>, <c>X-Forwarded-Proto</c> and
/// <c>X-Forwarded-Prefix</c> the service believes. By default there are none.
/// </summary>
public sealed class TrustedProxies
{
    public const string SectionName = "ForwardedHeaders";

    /// <summary>IP addresses.</summary>
    public IReadOnlyList<string> KnownProxies { get; init; } = [];

    /// <summary>Networks such as <c>10.1.0.0/16</c>.</summary>
    public IReadOnlyList<string> KnownNetworks { get; init; } = [];

    internal bool Any => KnownProxies.Count + KnownNetworks.Count > 0;

    // The addresses are read from the right, past each trusted proxy. The Host header stays as it is.
    internal void Apply(ForwardedHeadersOptions options)
    {
        options.KnownProxies.Clear(); // by default, the loopback addresses are trusted
        options.KnownIPNetworks.Clear();
        foreach (var proxy in KnownProxies)
        {
            options.KnownProxies.Add(IPAddress.Parse(proxy));
        }

        foreach (var network in KnownNetworks)
        {
            options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
        }

        options.ForwardLimit = null;
        options.ForwardedHeaders = Any
            ? ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedPrefix
            : ForwardedHeaders.None;
    }
}

internal sealed class TrustedProxiesRule : IValidateOptions<TrustedProxies>
{
    public ValidateOptionsResult Validate(string? name, TrustedProxies options)
    {
        var failures = new List<string>();
        for (var i = 0; i < options.KnownProxies.Count; i++)
        {
            if (!IPAddress.TryParse(options.KnownProxies[i], out _))
            {
                failures.Add(
                    $"ForwardedHeaders:KnownProxies:{i} is '{options.KnownProxies[i]}'; "
                    + "allowed: an IP address, such as 10.0.0.7.");
            }
        }

        for (var i = 0; i < options.KnownNetworks.Count; i++)
        {
            if (!System.Net.IPNetwork.TryParse(options.KnownNetworks[i], out _))
            {
                failures.Add(
                    $"ForwardedHeaders:KnownNetworks:{i} is '{options.KnownNetworks[i]}'; "
                    + "allowed: a network with its length, such as 10.1.0.0/16.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
