using System.Globalization;
using CleanJwt.Domain.Accounts;
using Microsoft.Net.Http.Headers;

namespace CleanJwt.WebApi.Http;

/// <summary>
/// ETags of accounts (RFC 9110, section 8.8.3). An ETag holds the id and the version, so two accounts never share one.
/// </summary>
internal static class EntityTags
{
    public static string Of(Account account) => Of(account.Id, account.Version);

    /// <summary>
    /// Checks whether <c>If-None-Match</c> names the current ETag (RFC 9110, section 13.1.2). The comparison is weak,
    /// and <c>*</c> matches.
    /// </summary>
    public static bool IsKnownToClient(this HttpRequest request, string current) =>
        request.Headers.IfNoneMatch.Count > 0
        && Names(request.GetTypedHeaders().IfNoneMatch, new EntityTagHeaderValue(current));

    /// <summary>
    /// Reads <c>If-Match</c> (RFC 9110, section 13.1.1). The comparison is strong, so a weak ETag matches nothing.
    /// </summary>
    /// <returns>
    /// The versions of the account that the request may change. Null for every version. A malformed header allows none.
    /// </returns>
    public static IReadOnlyCollection<int>? VersionsExpected(this HttpRequest request, Guid accountId)
    {
        var lines = request.Headers.IfMatch;
        if (lines.Count == 0 || lines.ToString().Trim() == "*")
        {
            return null;
        }

        return EntityTagHeaderValue.TryParseStrictList(lines, out var tags)
            ? [.. tags.Select(tag => VersionOf(tag, accountId)).OfType<int>().Distinct()]
            : [];
    }

    private static bool Names(IList<EntityTagHeaderValue> known, EntityTagHeaderValue current) =>
        known.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(current, useStrongComparison: false));

    private static string Of(Guid accountId, int version) =>
        string.Create(CultureInfo.InvariantCulture, $"\"{accountId:N}.{version}\"");

    private static int? VersionOf(EntityTagHeaderValue tag, Guid accountId) =>
        tag.Tag.Value?.Trim('"').Split('.') is [_, var text]
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
        && tag.Compare(new EntityTagHeaderValue(Of(accountId, version)), useStrongComparison: true)
            ? version
            : null;
}
