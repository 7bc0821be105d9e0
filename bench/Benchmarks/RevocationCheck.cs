using BenchmarkDotNet.Attributes;
using CleanJwt.Application.Ports;
using CleanJwt.Infrastructure.Revocation;

namespace CleanJwt.Benchmarks;

/// <summary>What every authenticated request pays to know that its session is not revoked. It must not grow with the list.</summary>
[MemoryDiagnoser]
public class RevocationCheck
{
    private readonly Guid[] _sessions = [.. Enumerable.Range(0, 1 << 16).Select(_ => Guid.CreateVersion7())];
    private RevocationList _list = null!;
    private ushort _next;

    [Params(0, 1_000, 100_000, 1_000_000)]
    public int Entries { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _list = Lists.Create();
        for (var i = 0; i < Entries; i++)
        {
            _list.Add(Guid.CreateVersion7());
        }

        _list.EndPoll(_list.StartPoll());
    }

    /// <summary>What the check itself does.</summary>
    [Benchmark]
    public RevocationVerdict OneSession() => _list.Check(_sessions[0]);

    /// <summary>With what the processor's caches add when each request is another session's.</summary>
    [Benchmark]
    public RevocationVerdict ManySessions() => _list.Check(_sessions[_next++]);
}
