using System.Collections;
using System.Diagnostics;

namespace CleanJwt.WebApi.FastPath;

/// <summary>
/// Gives every log line of a request its trace, connection and path, as the framework does. It leaves out the scope
/// that MVC opens for the action, because that scope allocates on every request and says no more than the path.
/// </summary>
internal sealed class LogScopes : IExternalScopeProvider
{
    private readonly LoggerExternalScopeProvider _scopes = new();

    public void ForEachScope<TState>(Action<object?, TState> callback, TState state)
    {
        if (Activity.Current is { } activity)
        {
            callback(new Trace(activity), state);
        }

        _scopes.ForEachScope(callback, state);
    }

    public IDisposable Push(object? state) => IsAction(state) ? NoScope.Instance : _scopes.Push(state);

    private static bool IsAction(object? state) =>
        state is IReadOnlyList<KeyValuePair<string, object?>> { Count: > 0 } values && values[0].Key == "ActionId";

    private sealed class Trace(Activity activity) : IEnumerable<KeyValuePair<string, object?>>
    {
        public override string ToString() => string.Join(", ", this.Select(value => $"{value.Key}:{value.Value}"));

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
        {
            yield return new("SpanId", activity.SpanId.ToString());
            yield return new("TraceId", activity.TraceId.ToString());
            yield return new("ParentId", activity.ParentSpanId.ToString());
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class NoScope : IDisposable
    {
        public static readonly NoScope Instance = new();

        public void Dispose()
        {
        }
    }
}
