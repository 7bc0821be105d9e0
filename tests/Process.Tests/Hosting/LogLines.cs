using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Hosting;

/// <summary>Every log line has its time, in UTC with milliseconds.</summary>
internal sealed partial class LogLines
{
    private readonly TemporaryFolder _folder = new();

    [TearDown]
    public void Clean() => _folder.Dispose();

    [TestCase(null)]
    [TestCase("simple")]
    public async Task Text_BeginsWithTheTime(string? formatter)
    {
        var line = await FirstLineAsync(new() { ["Logging:Console:FormatterName"] = formatter });
        Assert.That(line, Does.Match(TimeAtTheBeginning()));
        ShouldBeNow(line[..24]);
    }

    [Test]
    public async Task Json_HasTheTime()
    {
        var line = await FirstLineAsync(new() { ["Logging:Console:FormatterName"] = "json" });
        using var json = JsonDocument.Parse(line);
        ShouldBeNow(json.RootElement.GetProperty("Timestamp").GetString()!);
    }

    private static void ShouldBeNow(string text)
    {
        var time = DateTimeOffset.ParseExact(
            text, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        Assert.That(time, Is.EqualTo(DateTimeOffset.UtcNow).Within(TimeSpan.FromMinutes(2)));
    }

    private async Task<string> FirstLineAsync(Dictionary<string, string?> settings)
    {
        settings["TZ"] = "Asia/Tokyo";
        await using var service = await CleanJwtProcess.StartAsync(_folder.Path, settings);
        return service.Output.Split(Environment.NewLine)[0];
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [a-z]+: ")]
    private static partial Regex TimeAtTheBeginning();
}
