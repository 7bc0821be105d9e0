using System.Buffers.Binary;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Codes;
using CleanJwt.Domain.Mail;
using CleanJwt.Infrastructure.Keys;
using CleanJwt.Infrastructure.Passwords.Throttle;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Statements;

namespace CleanJwt.Infrastructure.Mail;

/// <remarks>
/// A code is an HMAC of its flow and the account's security version. A new password or a lock raises that version, and
/// with it ends every open flow of the account. No list needs to be cleaned up.
/// </remarks>
internal sealed class MailCodes(
    SecretStore secrets, PasswordThrottle throttle, AttemptKeys keys, IDatabase database) : IMailCodes
{
    private byte[]? _secret;

    /// <inheritdoc cref="SecretStore.Load"/>
    public void Load(DbConnection connection) => _secret = secrets.Load(connection, SecretStore.MailCodes);

    public string CodeOf(string kind, Guid flowId, AccountState? account)
    {
        var secret = _secret ?? throw new InvalidOperationException("The secret has not been loaded yet.");
        using var content = new MemoryStream();
        using (var writer = new BinaryWriter(content, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(kind);
            writer.Write(flowId.ToByteArray(bigEndian: true));
            writer.Write((account?.Account.Id ?? Guid.Empty).ToByteArray(bigEndian: true));
            writer.Write(account?.SecurityVersion ?? 0);
        }

        var random = BinaryPrimitives.ReadUInt64BigEndian(HMACSHA256.HashData(secret, content.ToArray()));
        return kind == MailKinds.ResetPassword ? TypedCode.Letters(random) : TypedCode.Digits(random);
    }

    public async Task<bool> TryCountAsync(Flow flow, CancellationToken cancellationToken) =>
        await throttle.CountAsync([KeyOf(flow)], share: false, (_, _) => Task.CompletedTask, cancellationToken)
            == TimeSpan.Zero;

    public Task ForgetTriesAsync(Flow flow, CancellationToken cancellationToken) => database.WriteOneAsync(
        (db, abandoned) => db.ExecuteAsync(AttemptStatements.Clear(KeyOf(flow).Value), abandoned), cancellationToken);

    private AttemptKey KeyOf(Flow flow) => keys.OfCode(flow.Id, flow.ExpiresAt - flow.IssuedAt);
}
