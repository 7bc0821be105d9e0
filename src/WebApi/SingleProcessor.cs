namespace CleanJwt.WebApi;

/// <summary>What is different where the process has one processor.</summary>
internal static class SingleProcessor
{
    /// <summary>Of the runtime's own, which has no name in its documentation: https://github.com/dotnet/sdk/pull/47697.</summary>
    internal const string SpinLimit = "System.Threading.ThreadPool.UnfairSemaphoreSpinLimit";

    /// <summary>
    /// Has the pool's threads sleep as soon as there is nothing to do, instead of looking for a while whether there is: on one processor, that keeps it from
    /// whatever would make something to do. .NET 11 does so by itself (https://github.com/dotnet/runtime/pull/123921). A setting of one's own stays.
    /// </summary>
    /// <remarks>To be called before anything is given to the pool.</remarks>
    public static void StopSpinning(int processors)
    {
        if (processors == 1 && AppContext.GetData(SpinLimit) is null)
        {
            AppContext.SetData(SpinLimit, 0);
        }
    }
}
