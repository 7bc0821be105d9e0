using CleanJwt.Application.Ports;
using CleanJwt.Application.SecondFactors;
using CleanJwt.Domain.Sessions;

namespace CleanJwt.WebApi.Authentication;

/// <summary>Says what the callers of an action must have proved, by its attribute and the settings.</summary>
internal sealed class AcrDemands(SecondFactorOptions options)
{
    public Acr Of(ProofAttribute requirement)
    {
        var asked = requirement is RequireRecentSignInAttribute recent ? recent.Acr : Acr.OneFactor;
        return options.RequireForAdmins && requirement.IsForAdmins && asked < Acr.TwoFactor ? Acr.TwoFactor : asked;
    }

    public bool AreMet(ProofAttribute requirement, AccessToken token) => token.Acr >= Of(requirement);
}
