using System.Text.Json.Serialization;

namespace CleanJwt.WebApi.Errors;

/// <summary>A problem document (RFC 9457): the body of every error.</summary>
/// <param name="Type"><c>urn:cleanjwt:problem:</c> and the code.</param>
/// <param name="Code">Stable: the one to branch on.</param>
/// <param name="TraceId">To find the request in the service's logs with.</param>
/// <param name="Errors">Messages by field name; only with the code <c>validation-failed</c>.</param>
public sealed record Problem(
    string Type,
    string Title,
    int Status,
    string Detail,
    string Code,
    string TraceId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string[]>? Errors = null);
