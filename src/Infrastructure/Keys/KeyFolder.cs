namespace CleanJwt.Infrastructure.Keys;

/// <summary>Where the Data Protection keys lie.</summary>
/// <param name="Path">
/// Outside the database, so that a copy of one is of no use without the other. Null when they are in it, encrypted under a certificate.
/// </param>
internal sealed record KeyFolder(string? Path);
