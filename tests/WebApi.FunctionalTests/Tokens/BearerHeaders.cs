using CleanJwt.WebApi.Authentication;
using Microsoft.AspNetCore.Http;

namespace CleanJwt.WebApi.FunctionalTests.Tokens;

/// <summary>What is taken out of the <c>Authorization</c> header (RFC 6750, section 2.1).</summary>
internal sealed class BearerHeaders
{
    [TestCase("Bearer abc", "abc")]
    [TestCase("bearer abc", "abc")]
    [TestCase("Bearer  abc\t", "abc")]
    [TestCase("Bearer \u00a0abc", "\u00a0abc", TestName = "NoBreakSpace_IsNoWhiteSpace")]
    [TestCase("Bearer ", "")]
    [TestCase("Bearer", null)]
    [TestCase("Basic abc", null)]
    [TestCase("", null)]
    [TestCase(null, null)]
    public void Token_IsWhatFollowsTheScheme(string? header, string? token)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.Authorization = header;
        Assert.That(BearerHeader.Read(request)?.ToString(), Is.EqualTo(token));
    }
}
