using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace CleanJwt.WebApi.Hosting;

/// <summary>Tells apart what lies at the path of a Unix socket.</summary>
internal static class UnixSocket
{
    // https://man7.org/linux/man-pages/man2/statx.2.html
    private const int CurrentFolder = -100; // AT_FDCWD
    private const int NoFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const uint FileType = 1; // STATX_TYPE
    private const int SizeOfStatx = 256;
    private const int OffsetOfMode = 28;
    private const int FileTypeMask = 0xF000; // S_IFMT
    private const int SocketMode = 0xC000; // S_IFSOCK

    /// <returns>True for a socket on which no process listens. Always false on other systems than Linux.</returns>
    public static bool IsAbandoned(string path) => OperatingSystem.IsLinux() && IsSocket(path) && !IsListenedOn(path);

    private static bool IsSocket(string path)
    {
        var buffer = new byte[SizeOfStatx];
        return Statx(CurrentFolder, path, NoFollow, FileType, buffer) == 0
            && (BitConverter.ToUInt16(buffer, OffsetOfMode) & FileTypeMask) == SocketMode;
    }

    private static bool IsListenedOn(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode != SocketError.ConnectionRefused;
        }
    }

#pragma warning disable CA2101 // paths are UTF-8 on Linux
    [DllImport("libc", EntryPoint = "statx", BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int folder, string path, int flags, uint mask, byte[] buffer);
#pragma warning restore CA2101
}
