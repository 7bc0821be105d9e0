using BenchmarkDotNet.Attributes;
using CleanJwt.Application.Ports;
using CleanJwt.Infrastructure.Revocation;

namespace CleanJwt.Benchmarks;

/// <summary>
/// The cost of checking whether a session is revoked. Each authenticated request pays it, so it may not grow with the
/// list.
/// </summary>
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

    /// <summary>The check alone.</summary>
    [Benchmark]
    public RevocationVerdict OneSession() => _list.Check(_sessions[0]);

    /// <summary>A different session each time adds the cache misses of the processor.</summary>
    [Benchmark]
    public RevocationVerdict ManySessions() => _list.Check(_sessions[_next++]);
}
