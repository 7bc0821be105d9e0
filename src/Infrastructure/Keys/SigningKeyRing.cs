using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace CleanJwt.Infrastructure.Keys;

/// <summary>The signing keys that this node knows, in memory: tokens and the JWKS need no database.</summary>
internal sealed class SigningKeyRing(TimeProvider time)
{
    private State? _state;

    /// <summary>The one that the keys were loaded with.</summary>
    public long Version => Loaded.Version;

    /// <summary>The key that signs: the last one whose time has come.</summary>
    public SigningKey Current => Of(Loaded.Keys, time.GetUtcNow());

    /// <summary>All keys whose tokens are accepted or will be, in the order in which they sign.</summary>
    public IReadOnlyList<SigningKey> Keys => Loaded.Keys;

    private State Loaded => Volatile.Read(ref _state) ?? throw new InvalidOperationException("The signing keys are loaded before the service starts.");

    public bool TryFind(string keyId, [NotNullWhen(true)] out SigningKey? key) => Loaded.ByKeyId.TryGetValue(keyId, out key);

    /// <param name="keys">At least one, in the order in which they sign.</param>
    public void Load(IReadOnlyList<SigningKey> keys, long version) =>
        Volatile.Write(ref _state, new State(keys, keys.ToFrozenDictionary(key => key.KeyId), version));

    // A clock that is behind that of the node which made the first key finds none whose time has come.
    private static SigningKey Of(IReadOnlyList<SigningKey> keys, DateTimeOffset now) => keys.LastOrDefault(key => key.SignsFrom <= now) ?? keys[0];

    private sealed record State(IReadOnlyList<SigningKey> Keys, FrozenDictionary<string, SigningKey> ByKeyId, long Version);
}
