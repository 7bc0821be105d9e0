using System.Text.Json.Serialization;

namespace CleanJwt.WebApi.Errors;

/// <summary>A problem document (RFC 9457): the body of every error.</summary>
/// <param name="Type"><c>urn:cleanjwt:problem:</c> followed by the code.</param>
/// <param name="Title">The kind of error in a few words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What the client can do about the error.</param>
/// <param name="Code">The stable name of the error. Clients should branch on it.</param>
/// <param name="TraceId">The id by which the operator finds the request in the log.</param>
/// <param name="Errors">The messages by field name. Only the code <c>validation-failed</c> has them.</param>
/// <param name="Methods">
/// The ways to prove a second factor: <c>totp</c>, <c>recovery-code</c>, <c>passkey</c>. Only the code
/// <c>second-factor-required</c> of <c>/api/auth/reauthenticate</c> has them.
/// </param>
public sealed record Problem(
    string Type,
    string Title,
    int Status,
    string Detail,
    string Code,
    string TraceId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyDictionary<string, string[]>? Errors = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<string>? Methods = null);
