using CleanJwt.Domain.Results;

namespace CleanJwt.Application.Ports;

/// <summary>Where passwords wait to be hashed or verified. It has so many places on each node, and no more.</summary>
public interface IHashingQueue
{
    /// <summary>What whoever came now would be told: <c>service-unavailable</c>, with the time after which to try again. Null while there is a place.</summary>
    Error? Refusal { get; }
}
