namespace CleanJwt.Infrastructure.Keys;

/// <summary>The folder that holds the Data Protection keys.</summary>
/// <param name="Path">
/// A folder outside the database, so that a copy of the database alone decrypts nothing. Null when the keys are in the
/// database, encrypted under a certificate.
/// </param>
internal sealed record KeyFolder(string? Path);
