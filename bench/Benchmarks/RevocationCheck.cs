using BenchmarkDotNet.Attributes;
using CleanJwt.Application.Abstractions;
using CleanJwt.Infrastructure.Revocation;

namespace CleanJwt.Benchmarks;

/// <summary>What every authenticated request pays to know that its session is not revoked. It must not grow with the list.</summary>
[MemoryDiagnoser]
public class RevocationCheck
{
    private readonly Guid _session = Guid.CreateVersion7();
    private RevocationList _list = null!;

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

    [Benchmark]
    public RevocationVerdict Check() => _list.Check(_session);
}
