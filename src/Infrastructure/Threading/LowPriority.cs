using System.Runtime.InteropServices;

namespace CleanJwt.Infrastructure.Threading;

/// <summary>Has the calling thread give way to others. .NET's own thread priorities do nothing on Linux.</summary>
internal static class LowPriority
{
    // https://man7.org/linux/man-pages/man2/setpriority.2.html
    private const int Process = 0;
    private const int CallingThread = 0; // of Linux alone: elsewhere it is the whole process
    private const int Nice = 10;

    // Less than this of a core is what the work itself brings with it, such as the statements and the answer of a sign-in.
    private const double NoNeed = 1 / 3.0;

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

    /// <summary>
    /// How long a thread is to rest after its work. A priority decides who runs next, and not for how long, which is some milliseconds: whoever is in need of
    /// processors has to wait less often where nobody of low priority wants one.
    /// </summary>
    /// <param name="took">What the work took.</param>
    /// <param name="used">What the whole process had of all processors meanwhile.</param>
    /// <param name="threads">Of low priority, together with this one. All but one core is theirs.</param>
    /// <returns>As long as the core that is left to everybody else was busy; nothing where it was idle for the most part.</returns>
    public static TimeSpan RestAfter(TimeSpan took, TimeSpan used, int threads)
    {
        var others = used - (took * threads);
        return others <= took * NoNeed ? TimeSpan.Zero : others < took ? others : took;
    }

    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, int who, int priority);
}
