namespace CleanJwt.Infrastructure.Keys;

/// <summary>Where the Data Protection keys lie: outside the database, so that a copy of one is of no use without the other.</summary>
internal sealed record KeyFolder(string Path);
