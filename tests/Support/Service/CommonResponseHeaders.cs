namespace CleanJwt;

/// <summary>Expectations of the headers that every answer has.</summary>
internal static class CommonResponseHeaders
{
    public static void ShouldHaveTheHeaders(HttpResponseMessage response)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.Headers.GetValues("Cache-Control"), Is.EqualTo(new[] { "no-store" }));
            Assert.That(response.Headers.Vary.ToString(), Is.EqualTo("Authorization, Origin"));
            Assert.That(response.Headers.Contains("Set-Cookie"), Is.False);
            ShouldBeForNoPage(response);
        }
    }

    // The fixtures DocsInABrowser and ApiDescription test what the page at /docs/ may do instead.
    public static void ShouldBeForNoPage(HttpResponseMessage response)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(new[] { "nosniff" }));
            Assert.That(response.Headers.GetValues("Referrer-Policy"), Is.EqualTo(new[] { "no-referrer" }));
            Assert.That(
                response.Headers.GetValues("Content-Security-Policy"),
                Is.EqualTo(new[] { "default-src 'none'; frame-ancestors 'none'" }));
        }
    }
}
