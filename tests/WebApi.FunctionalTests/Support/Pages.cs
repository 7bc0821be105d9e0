using System.Text.Json;

namespace CleanJwt.WebApi.FunctionalTests.Support;

/// <summary>Reads lists page by page, as a client does.</summary>
internal static class Pages
{
    public static async Task<(JsonElement[] Items, string? Next)> PageAsync(
        this HttpClient client, TokenPair by, string route)
    {
        var response = await client.DoAsync(by, $"GET {route}");
        await response.ShouldBeAsync(200);
        var page = await response.JsonAsync();
        Assert.That(page.Names(), Is.EqualTo(new[] { "items", "next" }));
        return ([.. page.GetProperty("items").EnumerateArray()], page.GetProperty("next").GetString());
    }

    /// <summary>Reads the whole list.</summary>
    /// <param name="route">With its query, but for <c>after</c>.</param>
    /// <param name="between">What happens between two pages.</param>
    /// <returns>The ids, and how many there were on each page.</returns>
    public static async Task<(List<string> Ids, List<int> Sizes)> WalkAsync(
        this HttpClient client, TokenPair by, string route, Func<List<string>, Task>? between = null)
    {
        var (ids, sizes) = (new List<string>(), new List<int>());
        for (string? after = null; ;)
        {
            var (items, next) = await client.PageAsync(
                by, after is null ? route : $"{route}&after={Uri.EscapeDataString(after)}");
            ids.AddRange(items.Select(item => item.Text("id")));
            sizes.Add(items.Length);
            if (next is null)
            {
                return (ids, sizes);
            }

            Assert.That(items, Is.Not.Empty);
            Assert.That(next, Is.Not.EqualTo(after));
            after = next;
            await (between?.Invoke(ids) ?? Task.CompletedTask);
        }
    }
}
