namespace CleanJwt.Application.Abstractions;

/// <summary>The sessions whose access tokens are refused before they expire.</summary>
public interface IRevocationList
{
    /// <summary>Asked on every authenticated request: no database, no lock, no allocation.</summary>
    bool IsRevoked(Guid sessionId);

    /// <summary>Refuses the session's access tokens on this node from now on.</summary>
    void Add(Guid sessionId);
}
