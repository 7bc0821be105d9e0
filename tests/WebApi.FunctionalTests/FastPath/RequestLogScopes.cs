using System.Collections.Concurrent;
using CleanJwt.WebApi.FunctionalTests.Support;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CleanJwt.WebApi.FunctionalTests.FastPath;

/// <summary>
/// A line that an action logs carries the trace and the path of the request, but not the action, which would cost every
/// request.
/// </summary>
internal sealed class RequestLogScopes
{
    [Test]
    public async Task LineOfAnAction_HasTheTraceAndThePathAndNoAction()
    {
        using var scopes = new ScopeCollector();
        await using var app = new CleanJwtApp(configure: services =>
        {
            services.AddTestController<LoggingController>();
            services.AddSingleton<ILoggerProvider>(scopes);
        });
        await (await app.CreateClient().GetAsync("/api/lines")).ShouldBeAsync(200);
        var names = scopes.NamesOfLine;
        Assert.That(names, Is.SupersetOf(new[] { "TraceId", "SpanId", "ParentId", "RequestPath", "Mine" }));
        Assert.That(names, Has.None.Contain("Action"));
    }

    [ApiController]
    [Route("api/lines")]
    public sealed class LoggingController(ILogger<LoggingController> logger) : ControllerBase
    {
        [HttpGet]
        public ActionResult Get()
        {
            using (logger.BeginScope(new Dictionary<string, object> { ["Mine"] = 1 }))
            {
#pragma warning disable CA1848, CA1873 // logged once
                logger.LogWarning(ScopeCollector.Line);
#pragma warning restore CA1848, CA1873
            }

            return Ok();
        }
    }

    private sealed class ScopeCollector : ILoggerProvider, ILogger, ISupportExternalScope
    {
        public const string Line = "of the action";

        private readonly ConcurrentQueue<string> _names = new();
        private IExternalScopeProvider? _scopes;

        public IReadOnlyCollection<string> NamesOfLine => _names;

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (formatter(state, exception) != Line)
            {
                return;
            }

            _scopes?.ForEachScope(
                static (scope, names) =>
                {
                    foreach (var value in scope as IEnumerable<KeyValuePair<string, object?>> ?? [])
                    {
                        names.Enqueue(value.Key);
                    }
                },
                _names);
        }

        public void Dispose()
        {
        }
    }
}
