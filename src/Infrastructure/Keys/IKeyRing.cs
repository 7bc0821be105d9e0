using System.Data.Common;

namespace CleanJwt.Infrastructure.Keys;

/// <summary>This node's copy of the signing keys, as far as it is kept up to date.</summary>
internal interface IKeyRing
{
    /// <summary>Of the keys that are loaded.</summary>
    long Version { get; }

    /// <summary>Reads the keys over a connection of the caller's.</summary>
    /// <inheritdoc cref="Reload"/>
    void Load(DbConnection connection);

    /// <exception cref="DbException">The keys can't be read; those loaded before stay.</exception>
    /// <exception cref="Settings.StartException">They can't be decrypted; likewise.</exception>
    void Reload();

    /// <summary>Reads the keys again for a token under a key that is not there, at most once a second, however many such tokens come.</summary>
    /// <returns>False when they were not read.</returns>
    ValueTask<bool> TryReloadAsync(CancellationToken cancellationToken);
}
