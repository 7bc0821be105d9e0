using System.Text.Json.Serialization;
using CleanJwt.WebApi.FunctionalTests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Formatters;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.WebApi.FunctionalTests.FastPath;

/// <summary>The actions of an application are answered as ASP.NET Core answers them, though the service writes its own answers faster.</summary>
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
    public async Task Answer_IsWhatTheActionSays(string route, int status, string? contentType, string body)
    {
        await using var app = new CleanJwtApp(configure: services => services.AddTestController<AnswersController>());
        var response = await app.CreateClient().GetAsync($"/api/answers/{route}");
        Assert.That((int)response.StatusCode, Is.EqualTo(status));
        Assert.That(response.Content.Headers.ContentType?.ToString(), Is.EqualTo(contentType));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain(body));
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

        public override Task WriteResponseBodyAsync(OutputFormatterWriteContext context, System.Text.Encoding selectedEncoding) =>
            context.HttpContext.Response.WriteAsync($"{context.Object}");
    }
}
