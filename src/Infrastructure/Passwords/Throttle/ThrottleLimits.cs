namespace CleanJwt.Infrastructure.Passwords.Throttle;

/// <param name="MostRows">How many rows there are before new keys share some. Strangers can make as many as the service can hash passwords.</param>
internal sealed record ThrottleLimits(long MostRows = 1_000_000);
