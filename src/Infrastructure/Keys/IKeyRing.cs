namespace CleanJwt.Infrastructure.Keys;

/// <summary>This node's copy of the signing keys, as far as the poller keeps it up to date.</summary>
internal interface IKeyRing
{
    /// <summary>Of the keys that are loaded.</summary>
    long Version { get; }

    /// <exception cref="System.Data.Common.DbException">The keys can't be read; those loaded before stay.</exception>
    /// <exception cref="Settings.StartException">They can't be decrypted; likewise.</exception>
    void Reload();
}
