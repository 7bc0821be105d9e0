using BenchmarkDotNet.Attributes;
using CleanJwt.Benchmarks.Load;
using CleanJwt.Infrastructure.Revocation;

namespace CleanJwt.Benchmarks;

/// <summary>What one poll for revocations costs, by how many rows it reads.</summary>
[MemoryDiagnoser]
public class Polls
{
    private const int Recent = 1_000;

    private readonly ServiceFolder _folder = new();
    private IRevocationSource _source = null!;
    private RevocationCursor _last = null!;

    [GlobalSetup]
    public async Task OpenAsync()
    {
        var service = await _folder.OpenAsync();
        await using (var db = service.CreateContext())
        {
            db.Revocations.AddRange(Enumerable.Range(0, 100_000).Select(_ => new RevocationRow { SessionId = Guid.CreateVersion7() }));
            await db.SaveChangesAsync();
        }

        _source = service.Get<IRevocationSource>();
        _last = _source.Read(since: null, _ => { });
    }

    [GlobalCleanup]
    public async Task CloseAsync()
    {
        _source.Dispose();
        await _folder.DisposeAsync();
    }

    [Benchmark(Baseline = true)]
    public object NothingNew() => _source.Read(_last, _ => { });

    /// <summary>As many as a source reads again every time, for which only time tells what is new, at 33 revocations a second.</summary>
    [Benchmark]
    public object ThousandRows() => _source.Read(_last with { Sequence = _last.Sequence - Recent }, _ => { });
}
