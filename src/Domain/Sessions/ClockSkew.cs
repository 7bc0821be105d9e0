namespace CleanJwt.Domain.Sessions;

/// <summary>How much the clocks of the nodes may differ.</summary>
public static class ClockSkew
{
    /// <summary>Tokens are accepted this long before they begin and after they end.</summary>
    /// <remarks>Synchronized clocks differ by less than a second. The contract allows 30 seconds at most.</remarks>
    public static readonly TimeSpan Max = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan MaxAhead = TimeSpan.FromSeconds(30);

    /// <summary>Whether a stored moment is further ahead than another node's clock can be.</summary>
    /// <remarks>
    /// Such a moment was stored before a clock was set back, so it does not say how long ago something happened.
    /// </remarks>
    public static bool IsFuture(DateTimeOffset moment, DateTimeOffset now) => moment - now > MaxAhead;
}
