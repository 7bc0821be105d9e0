namespace CleanJwt.Domain.Accounts;

/// <summary>A person's account, as clients may see it.</summary>
/// <param name="Version">Grows with every change to this record. The ETag contains it.</param>
public sealed record Account(
    Guid Id,
    string Email,
    bool EmailConfirmed,
    string? DisplayName,
    IReadOnlyList<string> Roles,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    int Version);
