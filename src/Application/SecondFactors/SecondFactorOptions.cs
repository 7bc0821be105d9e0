namespace CleanJwt.Application.SecondFactors;

/// <summary>The settings of second factors.</summary>
public sealed class SecondFactorOptions
{
    public const string SectionName = "SecondFactors";

    /// <summary>
    /// Whether the routes that need <c>users:read</c> or <c>users:write</c> answer only to administrators who have
    /// proved a second factor.
    /// </summary>
    public bool RequireForAdmins { get; init; }
}
