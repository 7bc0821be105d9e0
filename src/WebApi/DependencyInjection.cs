using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
using CleanJwt.Application.Pipeline;
using CleanJwt.Application.Sessions;
using CleanJwt.Infrastructure.Settings;
using CleanJwt.WebApi.Authentication;
using CleanJwt.WebApi.Errors;
using CleanJwt.WebApi.FastPath;
using CleanJwt.WebApi.Health;
using CleanJwt.WebApi.Http;
using CleanJwt.WebApi.OpenApi;
using CleanJwt.WebApi.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Formatters;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using Scalar.AspNetCore;

namespace CleanJwt.WebApi;

internal static class DependencyInjection
{
    private const string DefaultUrl = "http://localhost:5080";

    public static void AddWebApi(this WebApplicationBuilder builder)
    {
        builder.Host.UseDefaultServiceProvider(options => (options.ValidateScopes, options.ValidateOnBuild) = (true, true));
        // Its lines hold the query, where a client may have put a token that belongs in a header.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        // At Trace it prints the arguments of actions, and those under /oauth are tokens.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Mvc.Infrastructure.ControllerActionInvoker", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // More than is accepted, chunks' own bytes included: the server reads what is left of a refused body, and its sender gets to read the answer.
            kestrel.Limits.MaxRequestBodySize = 64 * RequestBody.MaxSize;
        });

        // Set here and not in appsettings.json, whose Urls would win over ASPNETCORE_URLS.
        var urls = builder.Configuration["urls"];
        if (urls is null && builder.Configuration["http_ports"] is null && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }

        CheckUrls(urls);

        builder.Services.AddUseCases();
        builder.Services.AddHttp();
        builder.Services.AddClientRateLimit();
        builder.Services.AddBearerAuthentication();
        builder.Services.AddFastPath();
        builder.Services.AddOpenApi(options =>
        {
            options.AddDocumentTransformer<DocumentInfo>();
            options.AddOperationTransformer<DocumentInfo>();
        });
    }

    /// <summary>After the settings were checked: which steps a request takes depends on them.</summary>
    public static void UseWebApi(this WebApplication app)
    {
        if (app.Services.GetRequiredService<TrustedProxies>().Any)
        {
            app.UseForwardedHeaders();
        }

        app.UseMiddleware<ResponseHeaders>();
        app.UseCors(); // before all that refuses, so that a frontend can read the refusal, and preflights count nowhere
        app.UseExceptionHandler(Faults.Options);
        app.UseStatusCodePages(context => ApiErrors.OfStatus(context.HttpContext.Response.StatusCode) is { } error
            ? ProblemWriter.WriteAsync(context.HttpContext, error)
            : Task.CompletedTask);
        app.UseMiddleware<ForgottenIds>();
        if (app.Services.GetRequiredService<RateLimitingOptions>().Enabled)
        {
            app.UseRateLimiter();
        }

        app.UseFastPath(others => others.UseAuthentication());
        app.UseAuthorization();
        app.UseMiddleware<FullHashingQueue>();

        app.MapControllers();
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = HealthWriter.WriteAsync });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = HealthWriter.WriteAsync });
        app.MapOpenApi("/openapi/v1.json");
        app.MapScalarApiReference("/docs", DocsPage.Configure);
        app.MapGet("/", context => // a handler that returns its result is compiled at every start
        {
            context.Response.Redirect("/docs");
            return Task.CompletedTask;
        });
    }

    /// <summary>Where it listens: addresses with ';' between.</summary>
    public static string Urls(IConfiguration configuration) =>
        configuration["urls"]
        ?? configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).FirstOrDefault(url => url is not null)
        ?? (configuration["http_ports"] is { } ports ? string.Join(';', ports.Split(';').Select(port => $"http://+:{port}")) : DefaultUrl);

    // Kestrel would say so too, but as a fault, and without the name of the setting.
    private static void CheckUrls(string? urls)
    {
        try
        {
            foreach (var url in urls?.Split(';', StringSplitOptions.RemoveEmptyEntries) ?? [])
            {
                BindingAddress.Parse(url);
            }
        }
        catch (FormatException)
        {
            throw new StartException($"ASPNETCORE_URLS is '{urls}'; allowed: http and https addresses such as {DefaultUrl}, with ';' between.");
        }
    }

    private static void AddUseCases(this IServiceCollection services) => services.AddMediator(options =>
    {
        options.ServiceLifetime = ServiceLifetime.Singleton;
        options.Assemblies = [typeof(LoginCommand)];
        options.PipelineBehaviors = [typeof(ValidationBehavior<,>)];
    });

    private static void AddHttp(this IServiceCollection services)
    {
        services.AddSettings<TrustedProxies>(TrustedProxies.SectionName);
        services.AddSingleton<IValidateOptions<TrustedProxies>, TrustedProxiesRule>();
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<TrustedProxies>>((options, trusted) => trusted.Value.Apply(options));
        services.AddSettings<CrossOrigin>(CrossOrigin.SectionName);
        services.AddSingleton<IValidateOptions<CrossOrigin>, CrossOriginRule>();
        services.AddOptions<CorsOptions>().Configure<CrossOrigin, IHostEnvironment>((cors, origins, environment) =>
            cors.AddDefaultPolicy(policy => origins.Apply(policy, environment)));
        services.AddCors();
        KeepPartsOfCors(services);
        services.AddControllers();
        services.AddSingleton<IActionResultExecutor<ObjectResult>, JsonResultWriter>();

        // The document takes its types from these options: numbers are numbers in it, and never strings.
        services.ConfigureHttpJsonOptions(options => options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict);
        services.AddOptions<MvcOptions>().Configure<IOptions<JsonOptions>>((mvc, json) =>
        {
            // Validators are the one rulebook for what a request must hold.
            mvc.SuppressImplicitRequiredAttributeForNonNullableReferenceTypes = true;
            mvc.Filters.Remove(mvc.Filters.OfType<UnsupportedContentTypeFilter>().Single()); // it comes with the convention
            mvc.Conventions.Add(new RefusedInputConvention());
            mvc.InputFormatters.Clear();
            mvc.InputFormatters.Add(new RequestBody(json.Value.JsonSerializerOptions));

            // JSON is the one way in and the one way out. Forms would be read, and found broken, before anybody asked for one.
            mvc.ValueProviderFactories.RemoveType<FormValueProviderFactory>();
            mvc.ValueProviderFactories.RemoveType<FormFileValueProviderFactory>();
            mvc.ValueProviderFactories.RemoveType<JQueryFormValueProviderFactory>();
            mvc.OutputFormatters.RemoveType<StringOutputFormatter>();
            mvc.OutputFormatters.OfType<SystemTextJsonOutputFormatter>().Single().SupportedMediaTypes.Remove("text/json");
        });
        services.Configure<ApiBehaviorOptions>(options =>
        {
            options.SuppressModelStateInvalidFilter = true; // it knows one kind of input that is refused, for one kind of controller
            options.SuppressMapClientErrors = true; // empty answers are given their problem document in one place, for MVC and all else
        });
        services.Configure<JsonOptions>(options =>
        {
            options.JsonSerializerOptions.AllowDuplicateProperties = false; // nor one that differs in case alone
            options.JsonSerializerOptions.Converters.Add(new UtcJsonConverter());
            options.JsonSerializerOptions.Converters.Add(new TextsJsonConverter());

            // Answers are never put into HTML, and addresses with a plus stay readable.
            options.JsonSerializerOptions.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        });
    }

    private static void AddClientRateLimit(this IServiceCollection services)
    {
        services.AddSettings<RateLimitingOptions>(RateLimitingOptions.SectionName);
        services.AddSingleton<ClientRateLimit>();
        services.AddOptions<RateLimiterOptions>().Configure<ClientRateLimit>((options, limit) => options.AddPolicy(ClientRateLimit.Policy, limit));
        services.AddRateLimiter();
    }

    /// <summary>The framework makes them anew for every request, though none has anything of a request in it.</summary>
    private static void KeepPartsOfCors(IServiceCollection services)
    {
        foreach (var part in services.Where(part => part.ServiceType.Namespace == typeof(ICorsService).Namespace && part.Lifetime == ServiceLifetime.Transient).ToList())
        {
            services.Remove(part);
            services.Add(ServiceDescriptor.Singleton(part.ServiceType, part.ImplementationType!));
        }
    }

    private static void AddBearerAuthentication(this IServiceCollection services)
    {
        services.AddSingleton<AccessTokenHandler>();
        services.ConfigureOptions<JwtBearerSetup>();
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme)
            .AddJwtBearer()
            .AddScheme<AuthenticationSchemeOptions, BasicClientHandler>(BasicClientHandler.SchemeName, configureOptions: null);
        services.AddAuthorization();
        services.AddSingleton<IAuthorizationHandler, ProofHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AuthorizationAnswers>();
    }
}
