using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Infrastructure.Tokens;
using Microsoft.AspNetCore.DataProtection;

namespace CleanJwt.Infrastructure.Mail;

/// <summary>
/// Writes the tokens of flows, encrypted and authenticated by ASP.NET Core Data Protection under a purpose for each
/// kind. So a token of one kind is unreadable as one of another.
/// </summary>
internal sealed class FlowTokens(IDataProtectionProvider dataProtection, TimeProvider time) : IFlowTokens
{
    private const byte Format = 1;
    private const int MaxLength = 4096;

    // Every token of a kind is padded to one size. An address has up to 254 code points of up to 4 bytes, the name of a
    // frontend up to 64, a display name up to 100, and a hash some 100 bytes.
    private const int FlowSize = 1_344;
    private const int SignUpSize = 1_920;

    public string Write(Flow flow) => Protect(
        FlowProtector(flow.Kind),
        flow.SignUp is null ? FlowSize : SignUpSize,
        writer =>
        {
            Write(writer, flow.Id);
            Write(writer, flow.IssuedAt);
            Write(writer, flow.ExpiresAt);
            writer.Write(flow.Email.Value);
            writer.Write(flow.Frontend ?? "");
            writer.Write(flow.SignUp is not null);
            if (flow.SignUp is { } signUp)
            {
                writer.Write(signUp.PasswordHash);
                writer.Write(signUp.DisplayName ?? "");
            }
        });

    public Flow? Read(string kind, string text) => Read(FlowProtector(kind), text, reader =>
    {
        var (id, issuedAt, expiresAt) = (ReadId(reader), ReadMoment(reader), ReadMoment(reader));
        var flow = new Flow(kind, id, EmailAddress.Parse(reader.ReadString()), issuedAt, expiresAt)
        {
            Frontend = reader.ReadString() is { Length: > 0 } frontend ? frontend : null,
        };
        return reader.ReadBoolean()
            ? flow with
            {
                SignUp = new PendingSignUp(
                    reader.ReadString(), reader.ReadString() is { Length: > 0 } name ? name : null),
            }
            : flow;
    }) is { } flow && time.GetUtcNow() < flow.ExpiresAt ? flow : null;

    public string WriteLink(FlowLink link) => Protect(LinkProtector(link.Kind), size: 0, writer =>
    {
        Write(writer, link.FlowId);
        Write(writer, link.AccountId);
        writer.Write(link.SecurityVersion);
        Write(writer, link.ExpiresAt);
        writer.Write(link.Email?.Value ?? "");
    });

    public FlowLink? ReadLink(string kind, string text) => Read(LinkProtector(kind), text, reader => new FlowLink(
        kind, ReadId(reader), ReadId(reader), reader.ReadInt32(), ReadMoment(reader))
    {
        Email = reader.ReadString() is { Length: > 0 } email ? EmailAddress.Parse(email) : null,
    }) is { } link && time.GetUtcNow() < link.ExpiresAt ? link : null;

    private static string Protect(IDataProtector protector, int size, Action<BinaryWriter> write)
    {
        using var content = new MemoryStream();
        using (var writer = new BinaryWriter(content, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Format);
            write(writer);
        }

        content.SetLength(Math.Max(size, content.Length));
        return Base64Url.EncodeToString(protector.Protect(content.ToArray()));
    }

    private static T? Read<T>(IDataProtector protector, string text, Func<BinaryReader, T> read)
        where T : class
    {
        if (text.Length > MaxLength || CanonicalBase64Url.Decode(text) is not { } bytes)
        {
            return null;
        }

        byte[] content;
        try
        {
            content = protector.Unprotect(bytes);
        }
        catch (CryptographicException)
        {
            return null;
        }

        using var reader = new BinaryReader(new MemoryStream(content), Encoding.UTF8);
        return reader.ReadByte() == Format ? read(reader) : null;
    }

    private static void Write(BinaryWriter writer, Guid id) => writer.Write(id.ToByteArray(bigEndian: true));

    private static void Write(BinaryWriter writer, DateTimeOffset moment) => writer.Write(moment.UtcTicks);

    private static Guid ReadId(BinaryReader reader) => new(reader.ReadBytes(16), bigEndian: true);

    private static DateTimeOffset ReadMoment(BinaryReader reader) => new(reader.ReadInt64(), TimeSpan.Zero);

    private IDataProtector FlowProtector(string kind) => dataProtection.CreateProtector("CleanJwt.Flow.v1", kind);

    private IDataProtector LinkProtector(string kind) => dataProtection.CreateProtector("CleanJwt.FlowLink.v1", kind);
}
