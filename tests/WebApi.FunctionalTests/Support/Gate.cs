using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CleanJwt.WebApi.FunctionalTests.Support;

/// <summary>
/// Stands before methods of a port, where it holds calls that have done nothing yet, until a test lets them go on.
/// </summary>
internal sealed class Gate : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _held = new(0);
    private readonly SemaphoreSlim _released = new(0);
    private int _toHold;

    /// <summary>Puts the gate before some methods of a port that is one for the whole service.</summary>
    public void PutBefore<TPort>(IServiceCollection services, params string[] methods)
        where TPort : class
    {
        Assert.That(methods, Is.SubsetOf(typeof(TPort).GetMethods().Select(method => method.Name)));
        var implementation = services.Single(service => service.ServiceType == typeof(TPort)).ImplementationType!;
        services.Replace(ServiceDescriptor.Singleton(provider =>
        {
            var port = DispatchProxy.Create<TPort, GatedPort>();
            ((GatedPort)(object)port).Stand(this, methods, ActivatorUtilities.CreateInstance(provider, implementation));
            return port;
        }));
    }

    /// <summary>Holds the next calls, so many; those after them pass.</summary>
    public void HoldNext(int count = 1) => Volatile.Write(ref _toHold, count);

    /// <summary>Waits until one more call is held.</summary>
    public async Task HeldAsync() => Assert.That(await _held.WaitAsync(Patience), Is.True, "nobody came to the gate");

    public void Release(int count = 1) => _released.Release(count);

    public void Dispose()
    {
        _held.Dispose();
        _released.Dispose();
    }

    private void Pass()
    {
        if (Interlocked.Decrement(ref _toHold) >= 0)
        {
            _held.Release();
            Assert.That(_released.Wait(Patience), Is.True, "nobody opened the gate");
        }
    }

    private class GatedPort : DispatchProxy
    {
        private Gate? _gate;
        private string[] _methods = [];
        private object? _port;

        public void Stand(Gate gate, string[] methods, object port) => (_gate, _methods, _port) = (gate, methods, port);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (_methods.Contains(targetMethod!.Name))
            {
                _gate!.Pass();
            }

            return targetMethod.Invoke(_port, BindingFlags.DoNotWrapExceptions, null, args, null);
        }
    }
}
