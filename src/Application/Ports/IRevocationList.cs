namespace CleanJwt.Application.Ports;

/// <summary>The sessions whose access tokens are refused before they expire, as this node knows them.</summary>
public interface IRevocationList
{
    /// <summary>Asked on every authenticated request: no database, no lock, no allocation.</summary>
    /// <returns>True when <see cref="Check"/> would say <see cref="RevocationVerdict.NotRevoked"/>. A request that is not let in is not counted as refused yet.</returns>
    bool IsLetIn(Guid sessionId);

    /// <summary>As the other, for a request that is refused unless it is let in. It is counted where that is for want of news.</summary>
    RevocationVerdict Check(Guid sessionId);
}

public enum RevocationVerdict
{
    NotRevoked,

    Revoked,

    /// <summary>This node has not learnt of revocations for longer than it may go without: it must refuse, and will recover by itself.</summary>
    Unknown,
}
