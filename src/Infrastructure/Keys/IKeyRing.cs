using System.Data.Common;

namespace CleanJwt.Infrastructure.Keys;

/// <summary>Loads the signing keys into this node's memory, and keeps them up to date.</summary>
internal interface IKeyRing
{
    /// <summary>The version of the loaded keys. It changes in the database with every change of the keys.</summary>
    long Version { get; }

    /// <summary>Reads the keys over an open connection. The caller closes it.</summary>
    /// <inheritdoc cref="Reload"/>
    void Load(DbConnection connection);

    /// <summary>
    /// Reads the keys over a connection that it opens. After an exception, the keys loaded before stay in use.
    /// </summary>
    /// <exception cref="DbException">The keys can't be read.</exception>
    /// <exception cref="Settings.StartException">The keys can't be decrypted.</exception>
    void Reload();

    /// <summary>
    /// Reads the keys again because a token names an unknown key. All such tokens together cause one read per second.
    /// </summary>
    /// <returns>False when the keys were not read.</returns>
    ValueTask<bool> TryReloadAsync(CancellationToken cancellationToken);
}
