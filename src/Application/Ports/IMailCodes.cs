using CleanJwt.Application.Mail;
using CleanJwt.Domain.Codes;

namespace CleanJwt.Application.Ports;

/// <summary>Makes the codes of mails. A code is derived from a secret of the service, so it is not stored.</summary>
public interface IMailCodes
{
    /// <param name="kind">Decides the form of the code (<see cref="TypedCode"/>).</param>
    /// <param name="account">Null for a sign-up, and for an address without an account.</param>
    /// <returns>The code in its normalized form.</returns>
    string CodeOf(string kind, Guid flowId, AccountState? account);

    /// <summary>Counts a try of a flow's code, on all nodes together.</summary>
    /// <returns>False when five tries were counted before. Then the code is dead.</returns>
    Task<bool> TryCountAsync(Flow flow, CancellationToken cancellationToken);

    /// <summary>Forgets the tries of a flow's code after a right one.</summary>
    Task ForgetTriesAsync(Flow flow, CancellationToken cancellationToken);
}
