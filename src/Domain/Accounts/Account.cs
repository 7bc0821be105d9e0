namespace CleanJwt.Domain.Accounts;

/// <summary>A person's record, as the outside may see it.</summary>
/// <param name="Version">Grows with every change of what this record shows; names the record's state in an ETag.</param>
public sealed record Account(
    Guid Id,
    string Email,
    bool EmailConfirmed,
    string? DisplayName,
    IReadOnlyList<string> Roles,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    int Version);
