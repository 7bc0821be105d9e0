using CleanJwt.Application.Ports;
using Microsoft.AspNetCore.Identity;

namespace CleanJwt.Infrastructure.SecondFactors;

/// <summary>The account of one ceremony with its passkeys, as Identity's handler sees it.</summary>
internal sealed class CeremonyUser(Guid accountId, IReadOnlyList<Passkey> passkeys)
{
    /// <summary>The text whose bytes are the user handle.</summary>
    public string Handle { get; } = HandleOf(accountId);

    public IReadOnlyList<Passkey> Passkeys => passkeys;

    public static string HandleOf(Guid accountId) => accountId.ToString("D");
}

/// <summary>
/// Answers the handler's questions from memory. It knows one account at most, and stores nothing: what changes is
/// stored in the transaction of the sign-in.
/// </summary>
internal sealed class CeremonyStore(CeremonyUser? user) : IUserPasskeyStore<CeremonyUser>
{
    public Task<CeremonyUser?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Task.FromResult(user?.Handle == userId ? user : null);

    public Task<string> GetUserIdAsync(CeremonyUser user, CancellationToken cancellationToken) =>
        Task.FromResult(user.Handle);

    public Task<IList<UserPasskeyInfo>> GetPasskeysAsync(CeremonyUser user, CancellationToken cancellationToken) =>
        Task.FromResult<IList<UserPasskeyInfo>>([.. user.Passkeys.Select(Info)]);

    public Task<UserPasskeyInfo?> FindPasskeyAsync(
        CeremonyUser user, byte[] credentialId, CancellationToken cancellationToken) =>
        Task.FromResult(user.Passkeys
            .Where(passkey => passkey.CredentialId.AsSpan().SequenceEqual(credentialId))
            .Select(Info)
            .SingleOrDefault());

    // Whether a new passkey is known already is asked in the transaction that stores it.
    public Task<CeremonyUser?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        Task.FromResult<CeremonyUser?>(null);

    public Task AddOrUpdatePasskeyAsync(
        CeremonyUser user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => throw Unused();

    public Task RemovePasskeyAsync(CeremonyUser user, byte[] credentialId, CancellationToken cancellationToken) =>
        throw Unused();

    public Task<IdentityResult> CreateAsync(CeremonyUser user, CancellationToken cancellationToken) => throw Unused();

    public Task<IdentityResult> UpdateAsync(CeremonyUser user, CancellationToken cancellationToken) => throw Unused();

    public Task<IdentityResult> DeleteAsync(CeremonyUser user, CancellationToken cancellationToken) => throw Unused();

    public Task<CeremonyUser?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) =>
        throw Unused();

    public Task<string?> GetUserNameAsync(CeremonyUser user, CancellationToken cancellationToken) => throw Unused();

    public Task<string?> GetNormalizedUserNameAsync(CeremonyUser user, CancellationToken cancellationToken) =>
        throw Unused();

    public Task SetUserNameAsync(CeremonyUser user, string? userName, CancellationToken cancellationToken) =>
        throw Unused();

    public Task SetNormalizedUserNameAsync(
        CeremonyUser user, string? normalizedName, CancellationToken cancellationToken) => throw Unused();

    public void Dispose()
    {
    }

    private static UserPasskeyInfo Info(Passkey passkey) => new(
        passkey.CredentialId,
        passkey.PublicKey,
        passkey.CreatedAt,
        (uint)passkey.SignCount,
        [.. passkey.Transports],
        isUserVerified: true,
        passkey.IsSynced,
        passkey.IsBackedUp,
        attestationObject: [],
        clientDataJson: []);

    private static NotSupportedException Unused() => new("The handler of passkeys does not ask for this.");
}
