using System.Diagnostics;
using System.Runtime.Versioning;

namespace CleanJwt.ProcessTests.Support;

/// <summary>
/// Every lock of the WAL index but the one that connections keep all the time (https://sqlite.org/walformat.html): no
/// other process can read or write. It is this process's, and falls as soon as this process closes any file of that
/// name, a connection's too.
/// </summary>
[UnsupportedOSPlatform("macos")]
internal sealed class WalIndexLock : IDisposable
{
    private const int First = 120;
    private const int Count = 8;

    private readonly FileStream _file;

    private WalIndexLock(FileStream file) => _file = file;

    public static async Task<WalIndexLock> TakeAsync(string folder)
    {
        var file = new FileStream(
            ServiceNode.DatabasePathIn(
                folder) + "-shm", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        for (var i = First; i < First + Count; i++)
        {
            await TakeAsync(file, i);
        }

        return new WalIndexLock(file);
    }

    public void Dispose() => _file.Dispose();

    private static async Task TakeAsync(FileStream file, int position)
    {
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(1))
        {
            try
            {
                file.Lock(position, 1);
                return;
            }
            catch (IOException) when (waited.Elapsed < TimeSpan.FromSeconds(5))
            {
                // Another connection reads or writes at this moment.
            }
        }
    }
}
