using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
using CleanJwt.Infrastructure.Settings;
using CleanJwt.WebApi.Errors;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Formatters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.Extensions.Options;

namespace CleanJwt.WebApi.Http;

/// <summary>
/// Registers what the service reads from requests and writes to responses, and uses it in the pipeline.
/// </summary>
internal static class HttpServices
{
    public static void AddTrustedProxies(this IServiceCollection services)
    {
        services.AddSettings<TrustedProxies>(TrustedProxies.SectionName);
        services.AddSingleton<IValidateOptions<TrustedProxies>, TrustedProxiesRule>();
        services.AddSingleton<PublicPaths>();
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<TrustedProxies>>((options, trusted) =>
            trusted.Value.Apply(options));
    }

    /// <summary>Reads forwarded headers if a proxy is trusted. Otherwise they have no effect.</summary>
    public static void UseTrustedProxies(this IApplicationBuilder app)
    {
        if (app.ApplicationServices.GetRequiredService<TrustedProxies>().Any)
        {
            app.UseForwardedHeaders();
        }
    }

    public static void AddCrossOrigin(this IServiceCollection services)
    {
        services.AddSettings<CrossOrigin>(CrossOrigin.SectionName);
        services.AddSingleton<IValidateOptions<CrossOrigin>, CrossOriginRule>();
        services.AddOptions<CorsOptions>().Configure<CrossOrigin, IHostEnvironment>((cors, origins, environment) =>
            cors.AddDefaultPolicy(policy => origins.Apply(policy, environment)));
        services.AddCors();
    }

    /// <summary>Answers preflights and marks responses if any other origin is allowed.</summary>
    public static void UseCrossOrigin(this WebApplication app)
    {
        if (app.Services.GetRequiredService<CrossOrigin>().AllowsAny(app.Environment))
        {
            app.UseCors();
        }
    }

    /// <summary>Registers the controllers. They read and write JSON in UTF-8 and nothing else.</summary>
    public static void AddJsonControllers(this IServiceCollection services)
    {
        services.AddControllers();
        services.AddOptions<MvcOptions>().Configure<IOptions<JsonOptions>>((mvc, json) =>
        {
            // The validators of the use cases check requests. MVC must not add checks of its own.
            mvc.SuppressImplicitRequiredAttributeForNonNullableReferenceTypes = true;
            mvc.Filters.Remove(mvc.Filters.OfType<UnsupportedContentTypeFilter>().Single());
            mvc.Conventions.Add(new RefusedInputConvention()); // adds it again, where an action reads input
            ReadJson(mvc, json.Value);
            WriteJson(mvc);
        });
        services.Configure<ApiBehaviorOptions>(options =>
        {
            options.SuppressModelStateInvalidFilter = true; // RefusedInputFilter does its work, for every controller
            options.SuppressMapClientErrors = true; // UseProblemDocuments writes these errors, for more than MVC
        });
        services.Configure<JsonOptions>(options =>
        {
            // MVC's own limit is lower than that of the parser, and counts members that no command has.
            options.JsonSerializerOptions.MaxDepth = RequestBody.MaxDepth;

            // A name that occurs twice is refused, even if only its case differs.
            options.JsonSerializerOptions.AllowDuplicateProperties = false;
            options.JsonSerializerOptions.Converters.Add(new UtcJsonConverter());

            // A plus sign in an address stays readable. No answer is inserted into HTML.
            options.JsonSerializerOptions.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        });

        // The OpenAPI document takes its types from these options. With Strict, numbers can't be strings.
        services.ConfigureHttpJsonOptions(options =>
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict);
    }

    private static void ReadJson(MvcOptions mvc, JsonOptions json)
    {
        mvc.InputFormatters.Clear();
        mvc.InputFormatters.Add(new RequestBody(json.JsonSerializerOptions));

        // These factories would parse every form, and refuse a broken one, even where no action reads a form.
        mvc.ValueProviderFactories.RemoveType<FormValueProviderFactory>();
        mvc.ValueProviderFactories.RemoveType<FormFileValueProviderFactory>();
        mvc.ValueProviderFactories.RemoveType<JQueryFormValueProviderFactory>();
    }

    // A client that accepts neither JSON nor UTF-8 is answered in them all the same.
    private static void WriteJson(MvcOptions mvc)
    {
        mvc.OutputFormatters.RemoveType<StringOutputFormatter>();
        var json = mvc.OutputFormatters.OfType<SystemTextJsonOutputFormatter>().Single();
        json.SupportedMediaTypes.Remove("text/json");
        json.SupportedEncodings.Remove(Encoding.Unicode);
    }
}
