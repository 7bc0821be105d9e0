using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using CleanJwt.Application.Callers;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Passwords;
using CleanJwt.Infrastructure.Keys;

namespace CleanJwt.Infrastructure.Passwords.Throttle;

/// <summary>
/// The keys under which tries are counted: HMACs, of which nobody with the database alone can tell the address. A client's addresses are not stored either.
/// </summary>
internal sealed class AttemptKeys(SecretStore secrets)
{
    private const byte Network = 1;
    private const byte Email = 2;
    private const byte Account = 3;

    private byte[]? _secret;

    /// <inheritdoc cref="SecretStore.Load"/>
    public void Load(DbConnection connection) => Use(secrets.Load(connection, SecretStore.PasswordAttempts));

    internal void Use(byte[] secret) => _secret = secret;

    // No address holds a control character, so that no two pairs are written the same.
    public AttemptKey Of(EmailAddress email, ClientNetwork network) => Of(Network, $"{email.Normalized}\0{network.Family:D}:{network.Bits:x}", AttemptLimit.PerNetwork);

    public AttemptKey Of(EmailAddress email) => Of(Email, email.Normalized, AttemptLimit.PerEmail);

    public AttemptKey Of(Guid accountId) => Of(Account, accountId.ToString(), AttemptLimit.PerAccount);

    private AttemptKey Of(byte kind, string what, AttemptLimit limit)
    {
        var secret = _secret ?? throw new InvalidOperationException("The secret has not been loaded yet.");
        byte[] counted = [kind, .. Encoding.UTF8.GetBytes(what)];
        var mac = HMACSHA256.HashData(secret, counted);
        return new AttemptKey([kind, .. mac.AsSpan(0, AttemptKey.Size - 1)], limit);
    }
}

/// <summary>A kind, and the beginning of an HMAC.</summary>
internal sealed record AttemptKey(byte[] Value, AttemptLimit Limit)
{
    public const int Size = 17;

    private const int SharedSize = 3;

    /// <summary>Whether others are counted under it too: then who has proved a password has done so for themselves alone.</summary>
    public bool IsShared => Value.Length == SharedSize;

    /// <summary>One of 65,536, for when there is no room for a row of its own.</summary>
    public AttemptKey Shared => this with { Value = Value[..SharedSize] };
}
