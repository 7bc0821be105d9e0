using CleanJwt.Application.Ports;
using CleanJwt.Domain.SecondFactors;
using CleanJwt.Infrastructure.Tokens;
using Microsoft.AspNetCore.DataProtection;

namespace CleanJwt.Infrastructure.SecondFactors;

internal sealed class SecondFactorTokens(IDataProtectionProvider dataProtection, TimeProvider time)
    : ISecondFactorTokens
{
    private readonly IDataProtector _signIns = dataProtection.CreateProtector("CleanJwt.Mfa.v1");
    private readonly IDataProtector _setups = dataProtection.CreateProtector("CleanJwt.TotpSetup.v1");

    public string Write(PendingSignIn signIn) => SealedToken.Write(_signIns, size: 0, writer =>
    {
        writer.Write(signIn.Id);
        writer.Write(signIn.AccountId);
        writer.Write(signIn.SecurityVersion);
        writer.Write(signIn.ExpiresAt);
        writer.Write(signIn.Scope is not null);
        writer.Write(signIn.Scope ?? "");
    });

    public PendingSignIn? ReadSignIn(string text) =>
        SealedToken.Read(_signIns, text, reader =>
        {
            var (id, accountId, version) = (reader.ReadId(), reader.ReadId(), reader.ReadInt32());
            var (expiresAt, hasScope, scope) = (reader.ReadMoment(), reader.ReadBoolean(), reader.ReadString());
            return new PendingSignIn(id, accountId, version, hasScope ? scope : null, expiresAt);
        }) is { } signIn && time.GetUtcNow() < signIn.ExpiresAt ? signIn : null;

    public string Write(TotpSetup setup) => SealedToken.Write(_setups, size: 0, writer =>
    {
        writer.Write(setup.Id);
        writer.Write(setup.AccountId);
        writer.Write(setup.ExpiresAt);
        writer.Write(setup.Secret);
    });

    public TotpSetup? ReadSetup(string text) =>
        SealedToken.Read(_setups, text, reader =>
        {
            var (id, accountId, expiresAt) = (reader.ReadId(), reader.ReadId(), reader.ReadMoment());
            return new TotpSetup(id, accountId, reader.ReadBytes(Totp.SecretSize), expiresAt);
        }) is { } setup && time.GetUtcNow() < setup.ExpiresAt ? setup : null;
}
