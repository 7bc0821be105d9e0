using CleanJwt.Domain.Accounts;
using Microsoft.Net.Http.Headers;

namespace CleanJwt.WebApi.Http;

/// <summary>ETags (RFC 9110, section 8.8.3) of accounts. One names the account and its version, so that no two accounts share one.</summary>
internal static class EntityTags
{
    public static EntityTagHeaderValue Of(Account account) => new($"\"{account.Id:N}.{account.Version}\"");

    /// <summary>Whether the client has this state already (RFC 9110, section 13.1.2: weak comparison, <c>*</c> matches).</summary>
    public static bool IsKnownToClient(this HttpRequest request, EntityTagHeaderValue current) =>
        request.GetTypedHeaders().IfNoneMatch.Any(known =>
            known.Equals(EntityTagHeaderValue.Any) || known.Compare(current, useStrongComparison: false));
}
