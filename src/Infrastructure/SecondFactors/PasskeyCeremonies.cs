using System.Text.Json;
using System.Text.Json.Nodes;
using CleanJwt.Application.Passkeys;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.SecondFactors;
using CleanJwt.Infrastructure.Tokens;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CleanJwt.Infrastructure.SecondFactors;

/// <summary>Makes and judges the messages of WebAuthn with the handler of ASP.NET Core Identity.</summary>
/// <remarks>
/// The handler accepts a state again and again, also for another kind of act, and an answer as often as one likes while
/// its counter is zero. So a state is sealed for one purpose, expires, and is used up with the act. Each ceremony has a
/// store of its own that holds what was read before: a failing database must not look like a wrong passkey.
/// </remarks>
internal sealed partial class PasskeyCeremonies : IPasskeyCeremonies
{
    private const int ES256 = -7; // COSE, RFC 9053
    private const int RS256 = -257; // RFC 8812

    private static readonly string[] KnownTransports = ["ble", "hybrid", "internal", "nfc", "smart-card", "usb"];

    private readonly PasskeySettings _settings;
    private readonly IDataProtectionProvider _dataProtection;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IOptions<IdentityPasskeyOptions> _options;

    public PasskeyCeremonies(
        PasskeySettings settings,
        PasskeyDomain domain,
        PasskeyOrigins origins,
        IDataProtectionProvider dataProtection,
        TimeProvider time,
        ILogger<PasskeyCeremonies> logger)
    {
        (_settings, _dataProtection, _time, _logger) = (settings, dataProtection, time, logger);
        RelyingPartyId = domain.Id;
        _options = Options.Create(new IdentityPasskeyOptions
        {
            ServerDomain = domain.Id,
            AuthenticatorTimeout = settings.ChallengeLifetime,
            UserVerificationRequirement = "required",
            ResidentKeyRequirement = "required",
            AttestationConveyancePreference = "none",
            IsAllowedAlgorithm = algorithm => algorithm is ES256 or RS256,
            ValidateOrigin = context => ValueTask.FromResult(!context.CrossOrigin && origins.Allow(context.Origin)),
        });
    }

    public string RelyingPartyId { get; }

    public string UserHandleOf(Guid accountId) => CeremonyUser.HandleOf(accountId);

    public async Task<PasskeyOptions> BeginRegistrationAsync(
        PasskeyOwner owner, IReadOnlyList<Passkey> known, PasskeyPurpose purpose)
    {
        var entity = new PasskeyUserEntity
        {
            Id = UserHandleOf(owner.AccountId),
            Name = owner.Email,
            DisplayName = owner.DisplayName ?? owner.Email,
        };
        var made = await HandlerFor(owner.AccountId, known)
            .MakeCreationOptionsAsync(entity, new DefaultHttpContext());
        var options = JsonNode.Parse(made.CreationOptionsJson)!;
        options["rp"]!["name"] = _settings.RelyingPartyName; // the handler has no option for it
        return Seal(purpose, made.AttestationState!, options.ToJsonString());
    }

    public async Task<Result<RegisteredCredential>> RegisterAsync(PresentedPasskey presented, PasskeyPurpose purpose)
    {
        if (Open(presented.State, purpose) is not { } state)
        {
            return PasskeyErrors.InvalidRegistration;
        }

        var result = await HandlerFor(accountId: null, []).PerformAttestationAsync(new PasskeyAttestationContext
        {
            HttpContext = new DefaultHttpContext(),
            AttestationState = state.Content,
            CredentialJson = presented.Credential.GetRawText(),
        });
        if (!result.Succeeded)
        {
            LogInvalid(_logger, "registration", result.Failure.Message);
            return Error.ValidationFailed("credential", "Is not the answer of an authenticator to these options.");
        }

        var passkey = result.Passkey;
        return new RegisteredCredential(
            passkey.CredentialId,
            passkey.PublicKey,
            passkey.SignCount,
            [.. KnownTransports.Intersect(passkey.Transports ?? [])],
            passkey.IsBackupEligible,
            passkey.IsBackedUp,
            state.Use);
    }

    public async Task<PasskeyOptions> BeginProofAsync(
        PasskeyOwner? owner, IReadOnlyList<Passkey>? allowed, PasskeyPurpose purpose)
    {
        var user = owner is null ? null : new CeremonyUser(owner.AccountId, allowed ?? []);
        var made = await HandlerFor(user).MakeRequestOptionsAsync(user, new DefaultHttpContext());
        return Seal(purpose, made.AssertionState!, made.RequestOptionsJson);
    }

    public Result<PasskeyAnswer> Read(PresentedPasskey presented, PasskeyPurpose purpose) =>
        Open(presented.State, purpose) is { } state
        && presented.Credential.TryGetProperty("id", out var id)
        && id.ValueKind == JsonValueKind.String
        && TextOf(id) is { Length: <= 2_048 } text
        && CanonicalBase64Url.Decode(text) is { } credentialId
            ? new PasskeyAnswer(credentialId, state.Use)
            : PasskeyErrors.InvalidPasskey;

    public async Task<PasskeyVerdict> JudgeAsync(
        PresentedPasskey presented, PasskeyPurpose purpose, AccountPasskey passkey)
    {
        if (Open(presented.State, purpose) is not { } state)
        {
            return new PasskeyVerdict(Use: null);
        }

        var verdict = await JudgeAsync(presented, state.Content, passkey.Passkey);
        if (verdict.Failure is null)
        {
            return new PasskeyVerdict(new FactorUse.Passkey(
                passkey.Passkey.Id, verdict.Passkey!.SignCount, verdict.Passkey.IsBackedUp));
        }

        LogInvalid(_logger, "proof", verdict.Failure.Message);

        // The handler names a counter that went back only in a message. Without the stored counter, that is the one
        // failure which goes away.
        var uncounted = passkey.Passkey with { SignCount = 0 };
        return new PasskeyVerdict(
            Use: null,
            WentBack: passkey.Passkey.SignCount > 0
                && await JudgeAsync(presented, state.Content, uncounted) is { Failure: null });
    }

    private async Task<(PasskeyException? Failure, UserPasskeyInfo? Passkey)> JudgeAsync(
        PresentedPasskey presented, string state, Passkey passkey)
    {
        var result = await HandlerFor(passkey.AccountId, [passkey]).PerformAssertionAsync(new PasskeyAssertionContext
        {
            HttpContext = new DefaultHttpContext(),
            AssertionState = state,
            CredentialJson = presented.Credential.GetRawText(),
        });
        return (result.Failure, result.Passkey);
    }

    private PasskeyOptions Seal(PasskeyPurpose purpose, string state, string options)
    {
        var expiresAt = _time.GetUtcNow() + _settings.ChallengeLifetime;
        var text = SealedToken.Write(ProtectorOf(purpose), size: 0, writer =>
        {
            writer.Write(Guid.NewGuid());
            writer.Write(purpose.Subject);
            writer.Write(expiresAt);
            writer.Write(state);
        });
        return new PasskeyOptions(
            text, JsonElement.Parse(options), (long)_settings.ChallengeLifetime.TotalSeconds);
    }

    /// <returns>Null for a text that is no state of this purpose, or that has expired.</returns>
    private OpenedState? Open(string text, PasskeyPurpose purpose) =>
        SealedToken.Read(ProtectorOf(purpose), text, reader =>
        {
            var (id, subject, expiresAt) = (reader.ReadId(), reader.ReadId(), reader.ReadMoment());
            return new OpenedState(SpentToken.Of(id, expiresAt), subject, reader.ReadString());
        }) is { } state && state.Subject == purpose.Subject && _time.GetUtcNow() < state.Use.ExpiresAt
            ? state
            : null;

    private IDataProtector ProtectorOf(PasskeyPurpose purpose) =>
        _dataProtection.CreateProtector("CleanJwt.Passkey.v1", purpose.Kind.ToString());

    private static string? TextOf(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // an escape for half a surrogate pair
        }
    }

    private PasskeyHandler<CeremonyUser> HandlerFor(Guid? accountId, IReadOnlyList<Passkey> passkeys) =>
        HandlerFor(accountId is { } id ? new CeremonyUser(id, passkeys) : null);

    private PasskeyHandler<CeremonyUser> HandlerFor(CeremonyUser? user) => new(
        new UserManager<CeremonyUser>(
            new CeremonyStore(user),
            Options.Create(new IdentityOptions()),
            passwordHasher: null!,
            userValidators: [],
            passwordValidators: [],
            keyNormalizer: null!,
            errors: null!,
            services: null!,
            NullLogger<UserManager<CeremonyUser>>.Instance),
        _options);

    // The message holds parts of the client's answer, so it is data and never a part of the text.
    [LoggerMessage(LogLevel.Information, "The answer to a passkey {Ceremony} was not valid: {Reason}")]
    private static partial void LogInvalid(ILogger logger, string ceremony, string reason);

    private sealed record OpenedState(SpentToken Use, Guid Subject, string Content);
}
