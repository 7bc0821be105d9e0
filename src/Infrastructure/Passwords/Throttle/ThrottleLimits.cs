namespace CleanJwt.Infrastructure.Passwords.Throttle;

/// <summary>The limits of the throttle's table.</summary>
/// <param name="MaxRows">
/// The number of rows from which on new keys of passwords share rows. Strangers can create as many rows as the service
/// can hash passwords. Keys of mails share rows from half of this number on.
/// </param>
internal sealed record ThrottleLimits(long MaxRows = 1_000_000);
