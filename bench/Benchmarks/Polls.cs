using BenchmarkDotNet.Attributes;
using CleanJwt.Benchmarks.Load;
using CleanJwt.Infrastructure.Revocation;

namespace CleanJwt.Benchmarks;

/// <summary>The cost of one poll for revocations, by the number of rows that it reads.</summary>
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
            var sessions = Enumerable.Range(0, 100_000).Select(_ => Guid.CreateVersion7());
            db.Revocations.AddRange(sessions.Select(session => new RevocationRow { SessionId = session }));
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

    /// <summary>
    /// The number of rows that a source reads again in each poll where only the time shows which are new, at 33
    /// revocations a second.
    /// </summary>
    [Benchmark]
    public object ThousandRows() => _source.Read(_last with { Sequence = _last.Sequence - Recent }, _ => { });
}
