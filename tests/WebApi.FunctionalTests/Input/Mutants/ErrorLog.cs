using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace CleanJwt.WebApi.FunctionalTests.Input.Mutants;

/// <summary>Keeps what the service logs as an error, and nothing else: a long run would not fit in memory.</summary>
internal sealed class ErrorLog : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

    /// <summary>Takes what was logged since the last call.</summary>
    public string? Take() => _lines.TryDequeue(out var line) ? line : null;

    public void Dispose()
    {
    }

    private sealed class Logger(string category, ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                lines.Enqueue($"{logLevel} {category} {formatter(state, exception)} {exception}");
            }
        }
    }
}
