namespace CleanJwt;

/// <summary>Expectations of the answers to bearer tokens that are not accepted.</summary>
internal static class BearerErrors
{
    /// <summary>Expects the code, and the header that RFC 6750 wants with it.</summary>
    public static async Task ShouldBeRefusedAsync(HttpResponseMessage response, string code)
    {
        await response.ShouldBeProblemAsync(401, code);
        Assert.That(
            response.Headers.GetValues("WWW-Authenticate").Single(),
            code == "missing-token" ? Is.EqualTo("Bearer")
                : Does.Match("^Bearer error=\"invalid_token\", error_description=\"[^\"\\\\]+\"$"));
    }
}
