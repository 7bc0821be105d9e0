using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace CleanJwt.Infrastructure.Keys;

/// <summary>The signing keys that this node knows, in memory: tokens and the JWKS need no database.</summary>
internal sealed class SigningKeyRing
{
    private State? _state;

    /// <summary>The one that the keys were loaded with.</summary>
    public long Version => Loaded.Version;

    /// <summary>The key that signs: the newest one.</summary>
    public SigningKey Current => Loaded.Current;

    /// <summary>All keys whose tokens are accepted.</summary>
    public IReadOnlyList<SigningKey> Keys => Loaded.Keys;

    private State Loaded => Volatile.Read(ref _state) ?? throw new InvalidOperationException("The signing keys are loaded before the service starts.");

    public bool TryFind(string keyId, [NotNullWhen(true)] out SigningKey? key) => Loaded.ByKeyId.TryGetValue(keyId, out key);

    /// <param name="keys">At least one; the last one signs.</param>
    public void Load(IReadOnlyList<SigningKey> keys, long version) =>
        Volatile.Write(ref _state, new State(keys, keys[^1], keys.ToFrozenDictionary(key => key.KeyId), version));

    private sealed record State(IReadOnlyList<SigningKey> Keys, SigningKey Current, FrozenDictionary<string, SigningKey> ByKeyId, long Version);
}
