using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CleanJwt.Infrastructure.Revocation;

public sealed class RevocationOptions
{
    public const string SectionName = "Revocation";

    /// <summary>How often a node asks the database for new revocations. Above about 800 ms, "within a second" no longer holds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.0500000", "00:00:05")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A node that has learnt nothing for this long refuses authenticated requests until it has again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan MaxStaleness { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>A node that polls too seldom for the staleness it may have would refuse between two polls that went well.</summary>
internal sealed class RevocationOptionsRule : IValidateOptions<RevocationOptions>
{
    public ValidateOptionsResult Validate(string? name, RevocationOptions options)
    {
        var least = options.PollInterval + RevocationSource.Timeout;
        return options.MaxStaleness >= least
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"Revocation:MaxStaleness is '{options.MaxStaleness}'; allowed: {least} or longer, a second more than Revocation:PollInterval.");
    }
}
