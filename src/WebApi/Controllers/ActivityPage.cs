using CleanJwt.Application.Paging;
using CleanJwt.Domain.Audit;

namespace CleanJwt.WebApi.Controllers;

/// <summary>Some of what happened to an account, the newest first.</summary>
/// <param name="Next">To be sent as <c>after</c> for what came before these; null when that is all.</param>
public sealed record ActivityPage(IReadOnlyList<ActivityResponse> Items, string? Next)
{
    internal static ActivityPage From(Page<AuditEntry> page) => new([.. page.Items.Select(ActivityResponse.From)], page.Next?.ToString());
}

/// <summary>Something that happened.</summary>
/// <param name="Action">Such as <c>login</c> or <c>change-password</c>.</param>
/// <param name="Outcome"><c>success</c> or <c>failure</c>.</param>
/// <param name="SessionId">The session that did it, or was started; null where there was none, and for what an administrator did to the account.</param>
/// <param name="IpAddress">From where; null for what an administrator did to the account.</param>
/// <param name="UserAgent">As the device called itself; null for what an administrator did to the account.</param>
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
