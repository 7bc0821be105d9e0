using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace CleanJwt.WebApi.Http;

/// <summary>The proxies whose word on a request's origin counts. Nobody's, unless they are named.</summary>
public sealed class TrustedProxies
{
    public const string SectionName = "ForwardedHeaders";

    /// <summary>Addresses.</summary>
    public IReadOnlyList<string> KnownProxies { get; init; } = [];

    /// <summary>Networks, as <c>10.1.0.0/16</c>.</summary>
    public IReadOnlyList<string> KnownNetworks { get; init; } = [];

    internal bool Any => KnownProxies.Count + KnownNetworks.Count > 0;

    /// <summary>Whom the request came from and by which scheme is read from the right, for as long as one known proxy follows another. The host is left as it came.</summary>
    internal void Apply(ForwardedHeadersOptions options)
    {
        options.KnownProxies.Clear(); // this machine's own address among them
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
        options.ForwardedHeaders = Any ? ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto : ForwardedHeaders.None;
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
                failures.Add($"ForwardedHeaders:KnownProxies:{i} is '{options.KnownProxies[i]}'; allowed: an IP address, such as 10.0.0.7.");
            }
        }

        for (var i = 0; i < options.KnownNetworks.Count; i++)
        {
            if (!System.Net.IPNetwork.TryParse(options.KnownNetworks[i], out _))
            {
                failures.Add($"ForwardedHeaders:KnownNetworks:{i} is '{options.KnownNetworks[i]}'; allowed: a network with its length, such as 10.1.0.0/16.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
