namespace CleanJwt.Infrastructure.Throttling;

/// <param name="MostRows">How many rows there are before new keys share some. Strangers can make as many as the service can hash passwords.</param>
internal sealed record ThrottleBounds(long MostRows = 1_000_000);
