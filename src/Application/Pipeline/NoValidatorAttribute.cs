namespace CleanJwt.Application.Pipeline;

/// <summary>
/// Marks a message that has no validator. Every message has either a validator or this attribute, and a test enforces
/// it.
/// </summary>
/// <param name="reason">Why the handler needs no validator before it.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NoValidatorAttribute(string reason) : Attribute
{
    public string Reason { get; } = reason;
}
