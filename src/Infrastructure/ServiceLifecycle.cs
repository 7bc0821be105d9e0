using System.Text;
using CleanJwt.Application.Mail;
using CleanJwt.Infrastructure.Accounts;
using CleanJwt.Infrastructure.Mail;
using CleanJwt.Infrastructure.Persistence.Setup;
using CleanJwt.Infrastructure.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CleanJwt.Infrastructure;

/// <summary>
/// The steps before the service serves requests, and the commands that use the database without serving any.
/// </summary>
public static class ServiceLifecycle
{
    /// <summary>
    /// Checks the settings and the templates of mails, migrates the database if <c>Database:MigrateOnStart</c> says so,
    /// loads the keys and the revocations, and creates the first administrator if the settings name one.
    /// </summary>
    /// <remarks>
    /// The settings are checked before the method returns. The rest runs on the thread pool, while the caller builds
    /// its pipeline.
    /// </remarks>
    /// <exception cref="StartException">The service can't start. The message is one line for the operator.</exception>
    /// <exception cref="OptionsValidationException">A setting is invalid.</exception>
    public static Task PrepareAsync(this IServiceProvider services, CancellationToken cancellationToken = default)
    {
        services.CheckSettings();
        return Task.Run(
            async () =>
            {
                if (services.GetRequiredService<MailOptions>().IsOn)
                {
                    services.GetRequiredService<MailTemplates>().Check();
                }

                await services.GetRequiredService<DatabasePreparation>().PrepareAsync(cancellationToken);
                await services.GetRequiredService<FirstAdmin>().EnsureAsync(cancellationToken);
            },
            cancellationToken);
    }

    /// <summary>Checks the settings, and that the database is up to date, before a command uses it.</summary>
    /// <inheritdoc cref="PrepareAsync"/>
    public static async Task OpenDatabaseAsync(
        this IServiceProvider services, CancellationToken cancellationToken = default)
    {
        services.CheckSettings();
        await services.GetRequiredService<DatabasePreparation>().OpenAsync(cancellationToken);
    }

    /// <summary>Creates the database and the first keys, or updates them.</summary>
    /// <inheritdoc cref="PrepareAsync"/>
    public static async Task MigrateAsync(this IServiceProvider services, CancellationToken cancellationToken = default)
    {
        services.CheckSettings();
        await services.GetRequiredService<DatabasePreparation>().MigrateAsync(cancellationToken);
    }

    /// <summary>
    /// Ends every session and replaces the signing keys, so that no token issued so far is accepted any more.
    /// </summary>
    /// <remarks>
    /// No node may serve the database meanwhile. A backup needs this after it is restored: it revives the sessions that
    /// ended since.
    /// </remarks>
    /// <returns>The number of sessions that were still active.</returns>
    /// <inheritdoc cref="PrepareAsync"/>
    public static async Task<int> EndAllSessionsAsync(
        this IServiceProvider services, CancellationToken cancellationToken = default)
    {
        services.CheckSettings();
        return await services.GetRequiredService<DatabasePreparation>().EndAllSessionsAsync(cancellationToken);
    }

    private static void CheckSettings(this IServiceProvider services)
    {
        services.GetRequiredService<UnknownSettings>().Check();
        services.GetRequiredService<IStartupValidator>().Validate();

        // Without ICU, .NET does not normalize text. Two spellings of one address would then be two accounts,
        // and a password typed on another keyboard would not match.
        if ("e\u0301".Normalize(NormalizationForm.FormC) != "\u00e9")
        {
            throw new StartException(
                "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT is on, or ICU is missing; allowed: off, with ICU installed.");
        }
    }
}
