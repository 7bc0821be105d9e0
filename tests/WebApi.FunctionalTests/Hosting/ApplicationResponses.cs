using System.Text.Json.Serialization;
using CleanJwt.WebApi.FunctionalTests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Formatters;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.WebApi.FunctionalTests.Hosting;

/// <summary>
/// Actions of an application answer as they would in any service. Actions of this service answer JSON in UTF-8.
/// </summary>
internal sealed class ApplicationResponses
{
    [TestCase("value", 200, "application/json; charset=utf-8", "{\"name\":\"Ada\"}")]
    [TestCase("created", 201, "application/json; charset=utf-8", "{\"name\":\"Ada\"}")]
    [TestCase("text", 200, "application/json; charset=utf-8", "\"text\"")]
    [TestCase("nothing", 204, null, "")]
    [TestCase("problem", 409, "application/problem+json; charset=utf-8", "\"title\":\"of its own\"")]
    [TestCase("typed", 200, "application/vnd.example+json; charset=utf-8", "{\"name\":\"Ada\"}")]
    [TestCase("set", 200, "application/vnd.example+json; charset=utf-8", "{\"name\":\"Ada\"}")]
    [TestCase("derived", 200, "application/json; charset=utf-8", "\"kind\":\"circle\"")]
    [TestCase("stream", 200, "application/json", "{\"raw\":true}")]
    [Category("Exhaustive")]
    public async Task Answer_IsWhatTheActionSays(string route, int status, string? contentType, string body)
    {
        await using var app = new CleanJwtApp(configure: services => services.AddTestController<AnswersController>());
        var response = await app.CreateClient().GetAsync($"/api/answers/{route}");
        Assert.That((int)response.StatusCode, Is.EqualTo(status));
        Assert.That(response.Content.Headers.ContentType?.ToString(), Is.EqualTo(contentType));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain(body));
    }

    [TestCase("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "utf-8")]
    [TestCase("application/xml", "utf-8")]
    [TestCase("text/json", "utf-8")]
    [TestCase("text/plain", "iso-8859-1")]
    [TestCase("application/vnd.example+json", "utf-8")]
    [TestCase("application/json; charset=utf-16", "utf-16")]
    [TestCase("*/*", "utf-16, utf-8;q=0.1")]
    [TestCase("nonsense", "nonsense")]
    public async Task ClientThatAcceptsSomethingElse_IsAnsweredJsonInUtf8(string accept, string charset)
    {
        var client = SharedService.App.CreateClient((await SharedService.App.LoginAsync()).AccessToken);
        foreach (var route in new[] { "/api/auth/token", "/.well-known/openid-configuration", "/api/nothing" })
        {
            var response = await client.GetAsync(route, ("Accept", accept), ("Accept-Charset", charset));
            var type = route == "/api/nothing" ? "application/problem+json" : "application/json; charset=utf-8";
            Assert.That(response.Content.Headers.ContentType?.ToString(), Is.EqualTo(type), route);
            Assert.That(await response.Content.ReadAsByteArrayAsync(),
                Has.ItemAt(0).EqualTo((byte)'{').And.ItemAt(1).EqualTo((byte)'"'));
        }
    }

    [Test]
    public async Task FormatOfTheApplication_IsChosenWhereAClientWantsIt()
    {
        await using var app = new CleanJwtApp(configure: services =>
        {
            services.AddTestController<AnswersController>();
            services.Configure<MvcOptions>(mvc => mvc.OutputFormatters.Add(new PlainText()));
        });
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/answers/value");
        request.Headers.Accept.ParseAdd("text/plain");
        var response = await app.CreateClient().SendAsync(request);
        Assert.That(await response.Content.ReadAsStringAsync(), Does.StartWith("Named"));
    }

    [ApiController]
    [Route("api/answers")]
    public sealed class AnswersController : ControllerBase
    {
        [HttpGet("value")]
        public ActionResult GetValue() => Ok(new Named("Ada"));

        [HttpGet("created")]
        public ActionResult GetCreated() => StatusCode(201, new Named("Ada"));

        [HttpGet("text")]
        public ActionResult GetText() => Ok("text");

        [HttpGet("nothing")]
        public ActionResult GetNothing() => Ok(null);

        [HttpGet("problem")]
        public ActionResult GetProblem() => Problem(title: "of its own", statusCode: 409);

        [HttpGet("typed")]
        [Produces("application/vnd.example+json")]
        public ActionResult GetTyped() => Ok(new Named("Ada"));

        [HttpGet("set")]
        public ActionResult GetSet()
        {
            Response.ContentType = "application/vnd.example+json";
            return Ok(new Named("Ada"));
        }

        [HttpGet("derived")]
        public ActionResult<Shape> GetDerived() => Response.HasStarted ? new Shape() : new Circle();

        [HttpGet("stream")]
        public ActionResult GetStream()
        {
            Response.ContentType = "application/json";
            return Ok(new MemoryStream("{\"raw\":true}"u8.ToArray()));
        }
    }

    public sealed record Named(string Name);

    [JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
    [JsonDerivedType(typeof(Circle), "circle")]
    public record Shape;

    public sealed record Circle : Shape;

    private sealed class PlainText : TextOutputFormatter
    {
        public PlainText()
        {
            SupportedMediaTypes.Add("text/plain");
            SupportedEncodings.Add(System.Text.Encoding.UTF8);
        }

        public override Task WriteResponseBodyAsync(
            OutputFormatterWriteContext context, System.Text.Encoding selectedEncoding) =>
            context.HttpContext.Response.WriteAsync($"{context.Object}");
    }
}
