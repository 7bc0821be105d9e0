using CleanJwt.WebApi.Errors;
using Microsoft.AspNetCore.Mvc;

namespace CleanJwt.WebApi.OpenApi;

/// <summary>Describes an error that an action returns, with the codes that distinguish its causes.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true)]
internal sealed class ProducesProblemAttribute : ProducesResponseTypeAttribute
{
    public ProducesProblemAttribute(int statusCode, params string[] codes)
        : base(typeof(Problem), statusCode, ProblemWriter.ContentType) => Description = Describe(codes);

    public static string Describe(params string[] codes) => string.Join(", ", codes.Select(code => $"`{code}`"));
}
