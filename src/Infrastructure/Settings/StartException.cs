namespace CleanJwt.Infrastructure.Settings;

/// <summary>
/// The service can't start, and the operator can fix that. The message is one line for the operator, and holds no
/// secret.
/// </summary>
public sealed class StartException(string message) : Exception(message);
