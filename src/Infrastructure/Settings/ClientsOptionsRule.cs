using CleanJwt.Application.Clients;
using Microsoft.Extensions.Options;

namespace CleanJwt.Infrastructure.Settings;

/// <summary>Requires that every client has a unique id and a secret. No message holds a secret.</summary>
internal sealed class ClientsOptionsRule : IValidateOptions<ClientsOptions>
{
    public ValidateOptionsResult Validate(string? name, ClientsOptions options)
    {
        var failures = new List<string>();
        for (var i = 0; i < options.Clients.Count; i++)
        {
            var client = options.Clients[i];
            if (string.IsNullOrEmpty(client.Id))
            {
                failures.Add($"Clients:{i}:Id is not set; allowed: the name with which the client authenticates.");
            }
            else if (options.Clients.Take(i).Any(other => other.Id == client.Id))
            {
                failures.Add($"Clients:{i}:Id is '{client.Id}', which another client has; allowed: a unique id.");
            }

            if (string.IsNullOrEmpty(client.Secret))
            {
                failures.Add(
                    $"Clients:{i}:Secret is not set; "
                    + "allowed: a random text, such as the output of 'openssl rand -hex 32'.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
