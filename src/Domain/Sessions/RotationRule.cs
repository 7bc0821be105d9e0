namespace CleanJwt.Domain.Sessions;

/// <summary>How long a refresh token may be presented again. Both times count from the last rotation.</summary>
/// <param name="PreviousIsGood">
/// How long the spent token still gets tokens of the current generation. Zero turns that off.
/// </param>
/// <param name="CurrentIsKept">
/// How long the current token stays the current one, however often it is presented. With zero, each use replaces it.
/// </param>
public readonly record struct RotationRule(TimeSpan PreviousIsGood, TimeSpan CurrentIsKept);
