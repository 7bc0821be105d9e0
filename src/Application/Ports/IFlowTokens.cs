using CleanJwt.Application.Mail;

namespace CleanJwt.Application.Ports;

/// <summary>
/// Writes and reads the tokens of flows. They are opaque to clients, and the service does not store them.
/// </summary>
public interface IFlowTokens
{
    /// <summary>Writes the token for the client that begins a flow. All tokens of a kind have one length.</summary>
    string Write(Flow flow);

    /// <returns>Null for a text that is no token of this service and this kind, or that has expired.</returns>
    Flow? Read(string kind, string text);

    /// <summary>Writes the token of the link in a mail.</summary>
    string WriteLink(FlowLink link);

    /// <inheritdoc cref="Read"/>
    FlowLink? ReadLink(string kind, string text);
}
