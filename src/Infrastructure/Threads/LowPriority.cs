using System.Runtime.InteropServices;

namespace CleanJwt.Infrastructure.Threads;

/// <summary>Has the calling thread give way to others. .NET's own thread priorities do nothing on Linux.</summary>
internal static class LowPriority
{
    // https://man7.org/linux/man-pages/man2/setpriority.2.html
    private const int Process = 0;
    private const int CallingThread = 0; // of Linux alone: elsewhere it is the whole process
    private const int Nice = 10;

    /// <summary>It still gets what nobody else wants, and about a tenth of a core that another thread wants for itself.</summary>
    public static void Take()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetPriority(Process, CallingThread, Nice); // one that may not has the priority of all
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
