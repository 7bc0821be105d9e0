namespace CleanJwt.Infrastructure.Settings;

/// <summary>The service can't start, and its operator can mend it: the message is one line for them, and holds no secret.</summary>
public sealed class StartException(string message) : Exception(message);
