namespace CleanJwt.WebApi.OpenApi;

/// <summary>
/// Describes a header that the answers of a status have. <see cref="ResponseHeader"/> lists the headers.
/// </summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class ProducesHeaderAttribute(int statusCode, string name) : Attribute
{
    public int StatusCode => statusCode;

    public string Name => name;
}
