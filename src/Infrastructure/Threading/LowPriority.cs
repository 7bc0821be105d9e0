using System.Runtime.InteropServices;

namespace CleanJwt.Infrastructure.Threading;

/// <summary>Lowers the priority of the calling thread. On Linux, .NET's own thread priorities have no effect.</summary>
internal static class LowPriority
{
    // https://man7.org/linux/man-pages/man2/setpriority.2.html
    private const int Process = 0;
    private const int CallingThread = 0; // Linux only: on other systems, 0 is the whole process
    private const int Nice = 10;

    /// <summary>
    /// Lets other threads run first. The thread still gets idle processors, and about a tenth of a core that another
    /// thread wants.
    /// </summary>
    public static void SetForCurrentThread()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetPriority(Process, CallingThread, Nice); // without the permission, the priority stays normal
        }
        else
        {
            Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        }
    }

    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, int who, int priority);
}
