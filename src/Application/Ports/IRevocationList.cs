namespace CleanJwt.Application.Ports;

/// <summary>The revoked sessions that this node knows. Their access tokens are refused before they expire.</summary>
public interface IRevocationList
{
    /// <summary>
    /// Whether <see cref="Check"/> would answer <see cref="RevocationVerdict.NotRevoked"/>. Every authenticated request
    /// calls it, so it uses no database and no lock, and allocates nothing. It does not count refusals.
    /// </summary>
    bool IsLetIn(Guid sessionId);

    /// <summary>
    /// Decides on a request. A refusal with <see cref="RevocationVerdict.Unknown"/> is counted in the metrics.
    /// </summary>
    RevocationVerdict Check(Guid sessionId);
}

/// <summary>What this node knows about the revocation of a session.</summary>
public enum RevocationVerdict
{
    NotRevoked,

    Revoked,

    /// <summary>
    /// This node has not read the revocations for too long, so it must refuse the request. It recovers without help.
    /// </summary>
    Unknown,
}
