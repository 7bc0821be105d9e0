using CleanJwt.Application.Paging;
using CleanJwt.Domain.Audit;

namespace CleanJwt.WebApi.Controllers;

/// <summary>A page of audit entries of an account, newest first.</summary>
/// <param name="Items">The entries of this page.</param>
/// <param name="Next">The value to send as <c>after</c> for the next page. Null on the last page.</param>
public sealed record ActivityPage(IReadOnlyList<ActivityResponse> Items, string? Next)
{
    internal static ActivityPage From(Page<AuditEntry> page) =>
        new([.. page.Items.Select(ActivityResponse.From)], page.Next?.ToString());
}

/// <summary>An audit entry: one action on an account.</summary>
/// <param name="Id">The id of the entry.</param>
/// <param name="At">The time of the action.</param>
/// <param name="Action">The name of the action, such as <c>login</c> or <c>change-password</c>.</param>
/// <param name="Outcome"><c>success</c> or <c>failure</c>.</param>
/// <param name="SessionId">
/// The session that performed the action, or that a sign-in started. Null when there was no session, and for an action
/// of an administrator on the account.
/// </param>
/// <param name="IpAddress">The address of the client. Null for an action of an administrator on the account.</param>
/// <param name="UserAgent">
/// The <c>User-Agent</c> header of the client. Null for an action of an administrator on the account.
/// </param>
public sealed record ActivityResponse(
    Guid Id, DateTimeOffset At, string Action, string Outcome, Guid? SessionId, string? IpAddress, string? UserAgent)
{
    internal static ActivityResponse From(AuditEntry entry) => new(
        entry.Id,
        entry.At,
        entry.Action,
        entry.Outcome == AuditOutcome.Success ? "success" : "failure",
        entry.SessionId,
        entry.IpAddress,
        entry.UserAgent);
}
