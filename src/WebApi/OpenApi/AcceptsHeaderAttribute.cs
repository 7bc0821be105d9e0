namespace CleanJwt.WebApi.OpenApi;

/// <summary>Describes a request header that the action reads without a parameter.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class AcceptsHeaderAttribute(string name, string description) : Attribute
{
    public string Name => name;

    public string Description => description;
}
