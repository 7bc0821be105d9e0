using CleanJwt.Domain.Results;

namespace CleanJwt.Application.Ports;

/// <summary>The queue of passwords to hash or verify. Each node has a fixed number of slots.</summary>
public interface IHashingQueue
{
    /// <summary>
    /// The error to answer while the queue is full: <c>service-unavailable</c>, with the time after which to try again.
    /// Null while a slot is free.
    /// </summary>
    Error? Refusal { get; }
}
