using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace CleanJwt.Infrastructure.Keys;

/// <summary>This node's signing keys in memory. Tokens and the JWKS need no database.</summary>
internal sealed class SigningKeyRing(TimeProvider time)
{
    private State? _state;

    /// <inheritdoc cref="IKeyRing.Version"/>
    public long Version => Loaded.Version;

    /// <summary>The key that signs: the last one whose <see cref="SigningKey.SignsFrom"/> has passed.</summary>
    public SigningKey Current => CurrentAt(time.GetUtcNow(), Loaded.Keys);

    /// <summary>All keys whose tokens are or will be accepted, in the order in which they sign.</summary>
    public IReadOnlyList<SigningKey> Keys => Loaded.Keys;

    private State Loaded =>
        Volatile.Read(ref _state)
        ?? throw new InvalidOperationException("The signing keys must be loaded before they are used.");

    public bool TryFind(string keyId, [NotNullWhen(true)] out SigningKey? key) =>
        Loaded.ByKeyId.TryGetValue(keyId, out key);

    /// <summary>Replaces the keys in memory.</summary>
    /// <param name="keys">One key or more, in the order in which they sign.</param>
    public void Load(IReadOnlyList<SigningKey> keys, long version) =>
        Volatile.Write(ref _state, new State(keys, keys.ToFrozenDictionary(key => key.KeyId), version));

    // If this node's clock is behind that of the node that created the first key, no SignsFrom has passed yet.
    private static SigningKey CurrentAt(DateTimeOffset now, IReadOnlyList<SigningKey> keys) =>
        keys.LastOrDefault(key => key.SignsFrom <= now) ?? keys[0];

    private sealed record State(
        IReadOnlyList<SigningKey> Keys, FrozenDictionary<string, SigningKey> ByKeyId, long Version);
}
