using CleanJwt.Application.Mail;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Infrastructure.Tokens;
using Microsoft.AspNetCore.DataProtection;

namespace CleanJwt.Infrastructure.Mail;

/// <summary>
/// Writes the tokens of flows under a purpose for each kind (<see cref="SealedToken"/>).
/// </summary>
internal sealed class FlowTokens(IDataProtectionProvider dataProtection, TimeProvider time) : IFlowTokens
{
    // Every token of a kind is padded to one size. An address has up to 254 code points of up to 4 bytes, the name of a
    // frontend up to 64, a display name up to 100, and a hash some 100 bytes.
    private const int FlowSize = 1_344;
    private const int SignUpSize = 1_920;

    public string Write(Flow flow) => SealedToken.Write(
        FlowProtector(flow.Kind),
        flow.SignUp is null ? FlowSize : SignUpSize,
        writer =>
        {
            writer.Write(flow.Id);
            writer.Write(flow.IssuedAt);
            writer.Write(flow.ExpiresAt);
            writer.Write(flow.Email.Value);
            writer.Write(flow.Frontend ?? "");
            writer.Write(flow.SignUp is not null);
            if (flow.SignUp is { } signUp)
            {
                writer.Write(signUp.PasswordHash);
                writer.Write(signUp.DisplayName ?? "");
            }
        });

    public Flow? Read(string kind, string text) => SealedToken.Read(FlowProtector(kind), text, reader =>
    {
        var (id, issuedAt, expiresAt) = (reader.ReadId(), reader.ReadMoment(), reader.ReadMoment());
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

    public string WriteLink(FlowLink link) => SealedToken.Write(LinkProtector(link.Kind), size: 0, writer =>
    {
        writer.Write(link.FlowId);
        writer.Write(link.AccountId);
        writer.Write(link.SecurityVersion);
        writer.Write(link.ExpiresAt);
        writer.Write(link.Email?.Value ?? "");
    });

    public FlowLink? ReadLink(string kind, string text) => SealedToken.Read(LinkProtector(kind), text, reader => new FlowLink(
        kind, reader.ReadId(), reader.ReadId(), reader.ReadInt32(), reader.ReadMoment())
    {
        Email = reader.ReadString() is { Length: > 0 } email ? EmailAddress.Parse(email) : null,
    }) is { } link && time.GetUtcNow() < link.ExpiresAt ? link : null;

    private IDataProtector FlowProtector(string kind) => dataProtection.CreateProtector("CleanJwt.Flow.v1", kind);

    private IDataProtector LinkProtector(string kind) => dataProtection.CreateProtector("CleanJwt.FlowLink.v1", kind);
}
