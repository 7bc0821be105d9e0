using System.ComponentModel.DataAnnotations;

namespace CleanJwt.Application.Passkeys;

/// <summary>The settings of passkeys.</summary>
public sealed class PasskeySettings
{
    public const string SectionName = "Passkeys";

    /// <summary>
    /// The domain that passkeys belong to: the host of <c>Jwt:Issuer</c>, or a domain above it. Passkeys of one domain
    /// are worth nothing for another, so the service does not start with another one while there are passkeys.
    /// </summary>
    public string? RelyingPartyId { get; init; }

    /// <summary>The name of the service, as authenticator apps and some browsers show it.</summary>
    [Required(ErrorMessage = "the name of the service, as authenticator apps show it")]
    public string RelyingPartyName { get; init; } = "CleanJwt";

    /// <summary>
    /// The origins of the pages that may use passkeys. If there are none, those of <c>Jwt:Issuer</c> and
    /// <c>Cors:AllowedOrigins</c> may; in Development, every port of this machine may.
    /// </summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>The most passkeys that an account may have.</summary>
    [Range(1, 100)]
    public int MaxPerAccount { get; init; } = 10;

    /// <summary>How long a person may take to answer.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "00:30:00")]
    public TimeSpan ChallengeLifetime { get; init; } = TimeSpan.FromMinutes(5);
}
