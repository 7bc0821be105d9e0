using System.Net.Http.Headers;
using System.Text;

namespace CleanJwt.WebApi.FunctionalTests.Support;

/// <summary>A route that reads a JSON object, with a good value of each field that it knows.</summary>
/// <param name="Request">Method and path, such as <c>PUT /api/admin/users/{id}/roles</c>.</param>
/// <param name="Status">What a body of these values is answered.</param>
/// <param name="Fields">By their names, as JSON; <c>EMAIL</c> stands for an address without an account.</param>
/// <param name="IsOpen">Whether it asks nothing of its caller.</param>
/// <param name="NeedsMail">Whether it succeeds only with mail.</param>
internal sealed record BodyRoute(
    string Request, int Status, Dictionary<string, string> Fields, bool IsOpen, bool NeedsMail)
{
    public static readonly BodyRoute[] All =
    [
        .. from route in Contract.Routes
           where route.Body is not null
           select new BodyRoute(
               route.Request, route.Body!.Status, route.Body, route.Kind == "nothing", route.Body.NeedsMail),
    ];

    // Each signs in once, and serves all requests that change nothing of theirs.
    private static readonly Lazy<Task<TokenPair>> User = new(() => SharedService.App.LoginAsync());
    private static readonly Lazy<Task<TokenPair>> Admin = new(() => SharedService.App.CreateClient().AdminAsync());

    /// <summary>The last part of its path.</summary>
    public string Name => Request.Split('/')[^1];

    private bool IsForAdmins => Request.Contains("/admin/", StringComparison.Ordinal);

    /// <summary>The good values, with one field changed or added.</summary>
    public string BodyWith(string field, string json) => Body(new(Fields) { [field] = json });

    public static string Body(Dictionary<string, string> fields) =>
        $"{{{string.Join(',', fields.Select(pair => $"\"{pair.Key}\":{pair.Value}"))}}}".Replace(
            "EMAIL", TestAccounts.UniqueEmail(), StringComparison.Ordinal);

    /// <summary>Sends a body that must change nothing, as a caller with the right to use the route.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        byte[] body, string? type = "application/json", bool chunked = false)
    {
        var user = await User.Value;
        return await SendAsync(
            IsOpen ? null : IsForAdmins ? await Admin.Value : user, user.AccountId, body, type, chunked);
    }

    public Task<HttpResponseMessage> SendAsync(string body) => SendAsync(Encoding.UTF8.GetBytes(body));

    /// <summary>Sends a body that may change something, for a new account.</summary>
    public async Task<HttpResponseMessage> SendOfANewAccountAsync(string body)
    {
        var user = IsOpen ? null : await SharedService.App.LoginAsync();
        return await SendAsync(IsForAdmins ? await Admin.Value : user, user?.AccountId, Encoding.UTF8.GetBytes(body));
    }

    /// <param name="by">The caller's tokens; null for none.</param>
    /// <param name="id">The account that an administrator's request is about.</param>
    public async Task<HttpResponseMessage> SendAsync(
        TokenPair? by, string? id, byte[] body, string? type = "application/json", bool chunked = false)
    {
        var (method, path) = (Request.Split(' ')[0], Request.Split(' ')[1]);
        using var request = new HttpRequestMessage(
            HttpMethod.Parse(method), path.Replace("{id}", id, StringComparison.Ordinal));
        request.Content = chunked ? new StreamContent(new MemoryStream(body)) : new ByteArrayContent(body);
        request.Content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        request.Headers.TransferEncodingChunked = chunked ? true : null;
        if (by is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {by.AccessToken}");
        }

        return await SharedService.App.CreateClient().SendAsync(request);
    }
}
