using CleanJwt.Application.Accounts;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Ports;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Sqlite;
using CleanJwt.Infrastructure.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CleanJwt.Infrastructure.Mail;

/// <summary>Registers the outbox, its dispatcher, the templates and the transports.</summary>
internal static class MailServices
{
    public static void AddMail(this IServiceCollection services, IHostEnvironment environment)
    {
        services.AddMailSettings(environment);
        services.AddSingleton<IFlowTokens, FlowTokens>();
        services.AddSingleton<MailCodes>();
        services.AddSingleton<IMailCodes>(provider => provider.GetRequiredService<MailCodes>());
        services.AddSingleton<OutboxSignal>();
        services.AddSingleton<OutboxWriter>();
        services.AddSingleton<IOutbox, Outbox>();
        services.AddSingleton<OutboxStore>();
        services.AddSingleton(provider => new MailTemplates(
            provider.GetRequiredService<MailOptions>().TemplatesPath is { } path
                ? Path.GetFullPath(path, environment.ContentRootPath)
                : null));
        services.AddSingleton<MailComposer>();
        services.AddSingleton<MailMessages>();
        services.AddSingleton<MailMetrics>();
        services.AddSingleton(provider => new MailFolder(Path.Combine(
            provider.GetService<SqliteFile>()?.Folder ?? Path.Combine(environment.ContentRootPath, "data"), "mail")));
        services.AddSingleton<FolderTransport>();
        services.AddSingleton<SmtpTransport>();
        services.AddSingleton<IMailTransport>(provider =>
            provider.GetRequiredService<MailOptions>().Transport == MailOptions.Smtp
                ? provider.GetRequiredService<SmtpTransport>()
                : provider.GetRequiredService<FolderTransport>());
        services.AddSingleton(provider => new MailInbox(provider.GetRequiredService<MailFolder>()));
        services.AddSingleton(provider => new MailAdministration(
            provider.GetRequiredService<IDatabase>(),
            provider.GetRequiredService<IMailTransport>(),
            provider.GetRequiredService<MailMessages>(),
            provider.GetRequiredService<MailOptions>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<OutboxDispatcher>();
        services.AddHostedService(provider => provider.GetRequiredService<OutboxDispatcher>());
        services.AddHealthChecks().AddCheck<MailHealth>("mail");
    }

    private static void AddMailSettings(this IServiceCollection services, IHostEnvironment environment)
    {
        services.AddSettings<MailOptions>(MailOptions.SectionName).PostConfigure(options =>
            options.Transport ??= environment.IsDevelopment() ? MailOptions.Folder : MailOptions.None);
        services.AddSingleton<IValidateOptions<MailOptions>, MailOptionsRule>();
        services.AddSettings<NoticeOptions>(NoticeOptions.SectionName);
        services.AddSettings<SmtpOptions>(SmtpOptions.SectionName);
        services.AddSingleton<IValidateOptions<SmtpOptions>, SmtpOptionsRule>();
        services.AddSettings<OutboxOptions>(OutboxOptions.SectionName);
        services.AddSettings<AccountOptions>(AccountOptions.SectionName);
        services.AddSingleton<IValidateOptions<AccountOptions>, AccountOptionsRule>();
        services.AddOptions<FrontendOptions>().BindConfiguration("").ValidateOnStart();
        services.AddSingleton(new SettingsKeys("Frontends", ["Frontends:*:Name", "Frontends:*:Url"]));
        services.AddSingleton<IValidateOptions<FrontendOptions>, FrontendOptionsRule>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<FrontendOptions>>().Value);
        services.TryAddSingleton(new MailLimits(CountNetworks: true));
    }
}
