using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CleanJwt.Infrastructure.Revocation;

/// <summary>The settings of this node's revocation list.</summary>
public sealed class RevocationOptions
{
    public const string SectionName = "Revocation";

    /// <summary>
    /// The time between two reads of new revocations. Above about 800 ms, a revocation may take more than a second.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.0500000", "00:00:05")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// The maximum age of the list. A node with an older list refuses authenticated requests until it has read the
    /// revocations again.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan MaxStaleness { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>
/// Requires enough time for a slow poll. Otherwise a node could refuse requests between two successful polls.
/// </summary>
internal sealed class RevocationOptionsRule : IValidateOptions<RevocationOptions>
{
    private static readonly TimeSpan MinPollTime = TimeSpan.FromSeconds(1);

    public ValidateOptionsResult Validate(string? name, RevocationOptions options)
    {
        var min = options.PollInterval + MinPollTime;
        return options.MaxStaleness >= min
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"Revocation:MaxStaleness is '{options.MaxStaleness}'; allowed: {min} or longer, "
                + "a second more than Revocation:PollInterval.");
    }
}
