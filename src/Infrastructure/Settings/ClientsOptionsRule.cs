using CleanJwt.Application.Clients;
using Microsoft.Extensions.Options;

namespace CleanJwt.Infrastructure.Settings;

/// <summary>Every client has an id of its own and a secret, whose value is never printed.</summary>
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
                failures.Add($"Clients:{i}:Id is not set; allowed: the name by which the service authenticates.");
            }
            else if (options.Clients.Take(i).Any(other => other.Id == client.Id))
            {
                failures.Add($"Clients:{i}:Id is '{client.Id}', as another client's; allowed: an id of its own.");
            }

            if (string.IsNullOrEmpty(client.Secret))
            {
                failures.Add($"Clients:{i}:Secret is not set; allowed: a random text, such as that of 'openssl rand -hex 32'.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
