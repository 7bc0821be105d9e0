using System.Text.Json;

namespace CleanJwt;

/// <summary>Expectations of answers; a failed one prints the body.</summary>
internal static class Responses
{
    public static async Task ShouldBeAsync(this HttpResponseMessage response, int status) =>
        Assert.That((int)response.StatusCode, Is.EqualTo(status), await response.Content.ReadAsStringAsync());

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

    /// <summary>Expects a problem document of this status and code, whole and saying nothing of the inside.</summary>
    public static async Task<JsonElement> ShouldBeProblemAsync(
        this HttpResponseMessage response, int status, string code)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.That((int)response.StatusCode, Is.EqualTo(status), body);
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"), body);
        var problem = JsonDocument.Parse(body).RootElement;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(problem.GetProperty("code").GetString(), Is.EqualTo(code), body);
            Assert.That(problem.GetProperty("type").GetString(), Is.EqualTo($"urn:cleanjwt:problem:{code}"), body);
            Assert.That(problem.GetProperty("status").GetInt32(), Is.EqualTo(status), body);
            Assert.That(problem.GetProperty("title").GetString(), Is.Not.Empty, body);
            Assert.That(problem.GetProperty("detail").GetString(), Is.Not.Empty, body);
            Assert.That(problem.GetProperty("traceId").GetString(), Is.Not.Empty, body);
            Assert.That(body, Does.Not.Contain("Exception").And.Not.Contain("   at ").And.Not.Contain("SELECT"), body);
        }

        return problem;
    }
}
